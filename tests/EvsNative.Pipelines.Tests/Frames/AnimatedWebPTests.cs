using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Moving WebP pictures, whose frames ffmpeg decodes and this program lays on their canvas.</summary>
public sealed class AnimatedWebPTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Frames_and_times_are_those_of_the_file()
    {
        Ffmpeg.Need();
        // The encoder stores only what changes, so this also lays parts over one another.
        const string source = "-f lavfi -i testsrc2=s=64x48:r=8:d=0.75,format=bgra";
        Ffmpeg.Run([.. $"{source} -c:v libwebp_anim -lossless 1 -loop 0".Split(' '), _folder["in.webp"]]);
        Ffmpeg.Run([.. source.Split(' '), _folder["%d.png"]]);
        var expected = FrameFiles.Read(_folder["%d.png"]);
        using var reader = FrameFiles.Open(_folder["in.webp"]);
        Assert.Empty(reader.Notices);
        Assert.Equal((6, new Rational(8, 1), new Rational(1, 1000)), (reader.Frames, reader.Format.Rate, reader.Format.TimeBase));
        var read = VideoFrames.Read(reader);
        Assert.Equal(expected.Pixels, read.Pixels);
        for (int i = 0; i < 6; i++) Assert.Equal(i * 0.125, read.StampOf(i).TotalSeconds);
        var part = FrameFiles.Read(_folder["in.webp"], choice: new ClipChoice { Start = ClipMoment.AtFrame(3), Frames = 2 });
        Assert.Equal([.. expected.Frame(3), .. expected.Frame(4)], part.Pixels);
        Assert.Equal(TimeSpan.Zero, part.StampOf(0));
    }

    [Fact]
    public void A_file_that_is_cut_off_is_refused_with_the_frame()
    {
        Ffmpeg.Need();
        Ffmpeg.Run([.. "-f lavfi -i testsrc2=s=64x48:r=8:d=0.75,format=bgra -c:v libwebp_anim -lossless 1".Split(' '), _folder["in.webp"]]);
        byte[] whole = File.ReadAllBytes(_folder["in.webp"]);
        File.WriteAllBytes(_folder["in.webp"], whole[..(whole.Length * 8 / 10)]);
        string line = InputErrors.Expect(() => FrameFiles.Open(_folder["in.webp"]), InputCode.Damaged, _folder["in.webp"]);
        Assert.Matches("cut off behind frame [0-9]: ", line);
        using var reader = FrameFiles.Open(_folder["in.webp"], new ClipChoice { AcceptsDamage = true });
        Assert.InRange(reader.Frames!.Value, 1, 5);
        Assert.Equal(NoticeCode.Damaged, reader.Notices[0].Code);
        File.WriteAllBytes(_folder["in.webp"], whole[..40]);
        InputErrors.Expect(() => FrameFiles.Open(_folder["in.webp"]), InputCode.Damaged, _folder["in.webp"]);
    }

    /// <summary>By hand: what lies over, what takes a place, what goes afterwards.</summary>
    [Fact]
    public void A_canvas_blends_replaces_and_clears()
    {
        var canvas = new WebPCanvas(2, 1);
        byte[] red = [200, 0, 0, 255, 200, 0, 0, 255], half = [0, 100, 0, 128, 0, 0, 0, 0];
        canvas.Lay(new WebPFrame(0, 0, 2, 1, 50), red);
        Assert.Equal(red, canvas.Pixels);
        canvas.Lay(new WebPFrame(1, 0, 1, 1, 50) { IsBlended = true }, half);
        Assert.Equal([200, 0, 0, 255, 100, 50, 0, 255], canvas.Pixels);
        canvas.Lay(new WebPFrame(0, 0, 1, 1, 50) { IsCleared = true }, half);
        Assert.Equal([0, 100, 0, 128, 100, 50, 0, 255], canvas.Pixels);
        canvas.Lay(new WebPFrame(1, 0, 1, 1, 50) { IsBlended = true }, half);
        Assert.Equal([0, 0, 0, 0, 50, 75, 0, 255], canvas.Pixels);
    }

    [Fact]
    public void Broken_files_are_refused_and_nothing_else_happens()
    {
        byte[] sound = Sound();
        Assert.Single(WebPFile.Read(sound).Frames);
        for (int length = 0; length < sound.Length; length++) Try(sound[..length]);
        for (int at = 0; at < sound.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                byte[] changed = [.. sound];
                changed[at] = value;
                Try(changed);
            }
        }
    }

    /// <summary>A canvas of 4x4 and a frame of 2x2 at (2,2) by its headers; the picture itself is none.</summary>
    private static byte[] Sound() =>
    [
        .. "RIFF"u8, 60, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0x12, 0, 0, 0, 3, 0, 0, 3, 0, 0,
        .. "ANMF"u8, 30, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 100, 0, 0, 0, .. "VP8L"u8, 5, 0, 0, 0, 0x2F, 1, 0x40, 0, 0, 0,
    ];

    private static void Try(byte[] file)
    {
        try
        {
            var read = WebPFile.Read(file);
            Assert.All(read.Frames, frame => Assert.True(frame.X + frame.Width <= read.Width && frame.Y + frame.Height <= read.Height));
        }
        catch (InvalidDataException)
        {
            // Anything else fails the test.
        }
    }
}
