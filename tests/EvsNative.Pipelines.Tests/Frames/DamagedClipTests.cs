using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>
/// Clips that are cut off or damaged: known before a frame is worked on, refused with the frame, read only where that is accepted.
/// </summary>
public sealed class DamagedClipTests : IDisposable
{
    private const string Encode = "-c:v libx264 -preset ultrafast -g 24 -pix_fmt yuv420p -colorspace bt709 -movflags +faststart";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mp4", Encode, "of 24 frames")]
    [InlineData("mkv", Encode, "of 2 s")]
    [InlineData("ts", Encode, "near frame ")]
    [InlineData("webm", "-c:v libvpx -b:v 1M -colorspace bt709", "of 2 s")]
    public void A_clip_that_is_cut_off_is_refused_with_what_is_there(string ending, string encode, string promised)
    {
        Ffmpeg.Need();
        byte[] whole = Make(ending, encode);
        File.WriteAllBytes(_folder["cut"], whole[..(whole.Length * 6 / 10)]);
        Refused(promised, 11, 16);
    }

    [Fact]
    public void A_clip_that_is_damaged_in_its_middle_is_refused_with_the_frame()
    {
        Ffmpeg.Need();
        byte[] whole = Make("mp4", Encode);
        new Random(1).NextBytes(whole.AsSpan(whole.Length / 2, 600));
        File.WriteAllBytes(_folder["cut"], whole);
        Refused("near frame ", 20, 24);
    }

    [Fact]
    public void What_is_whole_is_refused_by_no_one()
    {
        Ffmpeg.Need();
        foreach (string ending in new[] { "mp4", "mkv", "ts", "avi", "flv", "h264" })
        {
            Make(ending, Encode);
            using var reader = FrameFiles.Open(_folder[$"whole.{ending}"]);
            Assert.Equal(24, reader.Frames);
        }
    }

    [Fact]
    public void A_part_that_ends_before_the_damage_is_read()
    {
        Ffmpeg.Need();
        byte[] whole = Make("mkv", Encode);
        File.WriteAllBytes(_folder["cut"], whole[..(whole.Length * 6 / 10)]);
        using var reader = FrameFiles.Open(_folder["cut"], new ClipChoice { Frames = 3 });
        Assert.Equal(3, reader.Frames);
        Assert.Empty(reader.Notices);
    }

    private byte[] Make(string ending, string encode)
    {
        Ffmpeg.Run(["-f", "lavfi", "-i", "testsrc2=s=128x96:r=12:d=2", .. encode.Split(' '), _folder[$"whole.{ending}"]]);
        return File.ReadAllBytes(_folder[$"whole.{ending}"]);
    }

    private void Refused(string words, int fewest, int most)
    {
        string line = InputErrors.Expect(() => FrameFiles.Open(_folder["cut"]), InputCode.Damaged, _folder["cut"]);
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.EndsWith("--accept-damaged", line, StringComparison.Ordinal);
        using var reader = FrameFiles.Open(_folder["cut"], new ClipChoice { AcceptsDamage = true });
        Assert.InRange(reader.Frames!.Value, fewest, most);
        var notice = Assert.Single(reader.Notices, notice => notice.Code == NoticeCode.Damaged);
        Assert.Contains(words, notice.Message, StringComparison.Ordinal);
        Assert.Equal(reader.Frames, VideoFrames.Read(reader).Count);
    }
}
