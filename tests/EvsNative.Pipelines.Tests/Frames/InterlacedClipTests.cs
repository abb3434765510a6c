using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Fields become frames; what consists of frames already is not touched.</summary>
public sealed class InterlacedClipTests : IDisposable
{
    private const string Box =
        "color=gray:s=64x64:r=50:d=0.64,geq=lum='if(between(X-N*2,4,20)*between(Y,16,48),235,60)':cb=128:cr=128";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Combs_go_and_every_frame_stays()
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
        [
            "-f", "lavfi", "-i", Box, "-vf", "tinterlace=interleave_top,fieldorder=tff",
            .. "-flags +ilme+ildct -pix_fmt yuv420p -r 25 -c:v libx264 -colorspace bt709".Split(' '), _folder["in.mp4"],
        ]);
        int combed = Combs(Raw(_folder["in.mp4"]));
        using var reader = FrameFiles.Open(_folder["in.mp4"]);
        var notice = Assert.Single(reader.Notices);
        Assert.Equal(NoticeCode.Changed, notice.Code);
        Assert.Contains("16 of 16 frames are interlaced: made whole by bwdif", notice.Message, StringComparison.Ordinal);
        var read = VideoFrames.Read(reader);
        Assert.Equal(16, read.Count);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => i / 25.0), Enumerable.Range(0, 16).Select(i => read.StampOf(i).TotalSeconds));
        Assert.InRange(combed, 500, int.MaxValue);
        Assert.InRange(Combs(read.Pixels), 0, combed / 10);
        // The cut is made behind the filter, which looks at neighbours.
        var part = FrameFiles.Read(_folder["in.mp4"], choice: new ClipChoice { Start = ClipMoment.AtFrame(5), Frames = 3 });
        for (int i = 0; i < 3; i++) Assert.Equal(read.Frame(5 + i), part.Frame(i));
    }

    [Fact]
    public void Whole_frames_come_through_to_the_bit()
    {
        Ffmpeg.Need();
        const string made = "-f lavfi -i testsrc2=s=64x48:r=8:d=0.5 -c:v libx264 -bf 2 -pix_fmt yuv420p -colorspace bt709";
        Ffmpeg.Run([.. made.Split(' '), _folder["in.mp4"]]);
        Assert.Equal(Raw(_folder["in.mp4"]), FrameFiles.Read(_folder["in.mp4"]).Pixels);
    }

    /// <summary>Frames as ffmpeg alone decodes them.</summary>
    private byte[] Raw(string path)
    {
        string raw = _folder["raw"];
        Ffmpeg.Run("-i", path, "-vf", $"scale={FfmpegTools.Scaling}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-y", raw);
        return File.ReadAllBytes(raw);
    }

    /// <summary>Pixels that differ from both neighbours above and below by much, in one direction.</summary>
    private static int Combs(byte[] pixels)
    {
        const int row = 64 * 3, frame = 64 * row;
        int count = 0;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int y = i % frame / row;
            if (y is 0 or 63) continue;
            int above = pixels[i] - pixels[i - row], below = pixels[i] - pixels[i + row];
            if (Math.Min(Math.Abs(above), Math.Abs(below)) > 60 && above > 0 == below > 0) count++;
        }

        return count;
    }
}
