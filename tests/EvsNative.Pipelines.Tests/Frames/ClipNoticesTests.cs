using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>What a clip loses or changes on its way in is told, and nothing is told of a clip that is as it should be.</summary>
public sealed class ClipNoticesTests : IDisposable
{
    private const string Source = "-f lavfi -i testsrc2=s=64x48:r=8:d=0.5";
    private const string H264 = "-c:v libx264 -preset ultrafast -bf 0 -pix_fmt yuv420p";
    private const string Bt709 = "-colorspace bt709 -color_primaries bt709 -color_trc bt709";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>How to make a clip, and the codes and words of the lines that it gets.</summary>
    public static TheoryData<string, string, string[]> Clips => new()
    {
        { "plain.mp4", $"{Source} {H264} {Bt709}", [] },
        { "plain.mkv", $"{Source} {H264} {Bt709}", [] },
        { "ntsc.mkv", $"-f lavfi -i testsrc2=s=64x48:r=24000/1001 -frames:v 9 {H264} {Bt709}", [] },
        { "rgb.mkv", $"{Source} -c:v ffv1 -pix_fmt gbrp", [] },
        { "plain.gif", Source, [] },
        { "opaque.apng", $"{Source},format=rgba", [] },
        { "untagged.mp4", $"{Source} {H264}", ["Assumed BT.601"] },
        { "sound.mp4", $"{Source} -f lavfi -i sine=d=0.5 {H264} {Bt709} -c:a aac", [] },
        { "two.mkv", $"{Source} {Source} -map 0 -map 1 {H264} {Bt709}", ["Dropped 1 further video stream"] },
        { "bars.mp4", $"{Source},setfield=tff -flags +ildct+ilme {H264} {Bt709}", ["Changed 4 of 4 frames are interlaced"] },
        { "pq.mp4", $"{Source} {H264} -colorspace bt2020nc -color_primaries bt2020 -color_trc smpte2084", ["Changed HDR colours (PQ)"] },
        { "hlg.mp4", $"{Source} {H264} -colorspace bt2020nc -color_primaries bt2020 -color_trc arib-std-b67", ["Changed HDR colours (H"] },
        { "wide.mp4", $"{Source} {H264} -colorspace bt709 -color_primaries smpte432 -color_trc bt709", ["Changed wide colours (Displ"] },
        { "odd.mp4", $"{Source} {H264} -colorspace bt709 -color_primaries film -color_trc bt709", ["Changed primaries film"] },
        { "deep.mkv", $"{Source} -c:v ffv1 -pix_fmt gbrp10le", ["Changed 10 bits"] },
        { "clear.apng", $"{Source},format=rgba,geq=r=9:g=9:b=9:a='if(X+Y,255,0)'", ["Changed transparent pixels"] },
        { "clear.webm", $"{Source},format=yuva420p,geq=lum=9:cb=9:cr=9:a=X -c:v libvpx -auto-alt-ref 0 {Bt709}", ["Changed transparent"] },
        { "clear.mov", $"{Source},format=yuva444p,geq=lum=9:cb=9:cr=9:a=X -c:v ffv1 {Bt709} -f matroska", ["Changed transparent pixels"] },
        {
            "uneven.mp4",
            $"{Source},settb=1/1000,setpts='if(lt(N,3),N*125,N*125+900)' -fps_mode passthrough -enc_time_base 1/1000 {H264} {Bt709}", []
        },
        { "bare.h264", $"{Source} {H264} {Bt709}", ["Assumed carries no times"] },
    };

    [Theory]
    [MemberData(nameof(Clips))]
    public void Every_change_is_told_and_nothing_else(string name, string made, string[] expected)
    {
        Ffmpeg.Need();
        Ffmpeg.Run([.. made.Split(' '), _folder[name]]);
        using var reader = FrameFiles.Open(_folder[name]);
        Assert.True(expected.Length == reader.Notices.Count, string.Join('\n', reader.Notices));
        foreach (var (line, notice) in expected.Zip(reader.Notices))
        {
            Assert.Equal(line.Split(' ', 2)[0], notice.Code.ToString());
            Assert.Contains(line.Split(' ', 2)[1], notice.Message, StringComparison.Ordinal);
            Assert.StartsWith($"{_folder[name]}: ", notice.Message, StringComparison.Ordinal);
            Assert.InRange(notice.Message.Length - _folder.Path.Length, 1, 250);
        }
    }

    [Fact]
    public void A_clip_that_changes_its_size_is_no_clip()
    {
        Ffmpeg.Need();
        foreach (string size in new[] { "64x48", "64x96" })
            Ffmpeg.Run([.. $"-f lavfi -i testsrc2=s={size}:r=8:d=0.5 {H264} -f h264".Split(' '), _folder[size]]);
        File.WriteAllBytes(_folder["both.h264"], [.. File.ReadAllBytes(_folder["64x48"]), .. File.ReadAllBytes(_folder["64x96"])]);
        // The second size is twice the first: no byte is left over.
        Assert.Contains(
            "changes its picture size",
            InputErrors.Expect(() => FrameFiles.Read(_folder["both.h264"]), InputCode.Damaged, _folder["both.h264"]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yuv420p", 8, false, true)]
    [InlineData("yuva444p12le", 12, true, true)]
    [InlineData("p010le", 10, false, true)]
    [InlineData("nv12", 8, false, true)]
    [InlineData("gray16be", 16, false, false)]
    [InlineData("rgb48le", 16, false, false)]
    [InlineData("rgba64be", 16, true, false)]
    [InlineData("rgb565le", 8, false, false)]
    [InlineData("gbrpf32le", 32, false, false)]
    [InlineData("pal8", 8, true, false)]
    [InlineData("bgr0", 8, false, false)]
    [InlineData(null, 8, false, false)]
    public void A_pixel_formats_name_tells_its_bits(string? name, int depth, bool hasAlpha, bool isYuv)
    {
        var format = new PixelFormat(name);
        Assert.Equal((depth, hasAlpha, isYuv), (format.Depth, format.HasAlpha, format.IsYuv));
    }

    [Theory]
    [InlineData(24, 2, 24, 2, null)]
    [InlineData(24, 2, 23, 2, "23 of 24 frames")]
    [InlineData(0, 2, 24, 2, null)]
    [InlineData(0, 2, 23, 1.92, null)]
    [InlineData(0, 2, 12, 1, "1 of 2 s (12 frames)")]
    [InlineData(0, 1, 1, 0.1, null)]
    [InlineData(0, 0, 3, 0.3, null)]
    public void A_count_is_held_exactly_and_a_length_roughly(int count, double length, int found, double end, string? missing) =>
        Assert.Equal(missing, new PromisedFrames(count, length, count).Missing(found, end));
}
