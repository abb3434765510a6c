using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Range, matrix, primaries and curve of a clip are those of its result, and its greys are the same numbers.</summary>
public sealed class ColorTagsTests : IDisposable
{
    private const int Side = 64, Greys = 6;

    private const string Entries = "stream=color_range,color_space,color_transfer,color_primaries";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("out.mp4", null, "pc", "bt470bg", "unknown", "unknown")]
    [InlineData("out.mp4", null, "tv", "smpte170m", "smpte170m", "smpte170m")]
    [InlineData("out.mp4", VideoCodec.Hevc, "pc", "smpte170m", "bt470bg", "iec61966-2-1")]
    [InlineData("out.mkv", null, "pc", "bt470bg", "bt470bg", "bt470bg")]
    [InlineData("out.webm", VideoCodec.Vp9, "pc", "smpte170m", "smpte170m", "smpte170m")]
    [InlineData("out.webm", VideoCodec.Av1, "pc", "bt709", "bt709", "bt709")]
    public void Are_those_of_the_clip(string name, VideoCodec? codec, string range, string matrix, string primaries, string transfer)
    {
        Need(codec);
        string clip = Clip(range, matrix, primaries, transfer), file = _folder[name];
        var notices = Writing.Again(clip, file, new OutputStyle { Codec = codec, Quality = 4 });
        Assert.Empty(notices);
        Assert.Equal([$"{range},{matrix},{transfer},{primaries}"], Probe.Lines(file, Entries, "v:0"));
        byte[] before = Brightness(clip), after = Brightness(file);
        Assert.Equal(Side * Side * Greys, before.Length);
        Assert.Equal(range == "pc" ? 0 : 16, before.Min());
        Assert.Equal(range == "pc" ? 255 : 235, before.Max());
        Assert.Equal(before.Length, after.Length);
        Assert.InRange(before.Zip(after, (a, b) => Math.Abs(a - b)).Max(), 0, 1);
    }

    [Fact]
    public void Where_a_codec_has_no_full_range_that_is_told_and_pictures_look_the_same()
    {
        Need(VideoCodec.ProRes);
        string clip = Clip("pc", "bt709", "bt709", "bt709"), file = _folder["out.mov"];
        var notice = Assert.Single(Writing.Again(clip, file, new OutputStyle { Codec = VideoCodec.ProRes }));
        Assert.Equal(NoticeCode.Changed, notice.Code);
        Assert.Contains("full range", notice.Message, StringComparison.Ordinal);
        Assert.NotEqual("pc", Probe.Lines(file, "stream=color_range", "v:0")[0]);
        VideoFrames before = FrameFiles.Read(clip), after = FrameFiles.Read(file);
        Assert.InRange(before.Pixels.Zip(after.Pixels, (a, b) => Math.Abs(a - b)).Max(), 0, 2);
    }

    [Theory]
    [InlineData("yuvj420p", null, "bt470bg", null, null, true, "bt470bg", "unknown", "unknown")]
    [InlineData("yuv420p", "tv", null, null, null, false, "bt709", "bt709", "bt709")]
    [InlineData("yuv420p", "pc", "ycgco", "smpte170m", "reserved", true, "bt709", "smpte170m", "bt709")]
    [InlineData("gray", "pc", null, null, null, true, "bt709", "bt709", "bt709")]
    [InlineData("gbrp", "pc", "gbr", "bt709", "bt709", false, "bt709", "bt709", "bt709")]
    [InlineData(null, "pc", "bt470bg", null, null, false, "bt709", "bt709", "bt709")]
    public void What_is_not_said_or_not_known_becomes_bt709(
        string? pixels, string? range, string? matrix, string? primaries, string? transfer, bool isFull, string toMatrix,
        string toPrimaries, string toTransfer) =>
        Assert.Equal(
            new ColorTags(isFull, toMatrix, toPrimaries, toTransfer), ColorTags.Of(pixels, range, matrix, primaries, transfer));

    private static void Need(VideoCodec? codec)
    {
        Ffmpeg.Need();
        var row = OutputCodec.Of(codec ?? VideoCodec.H264);
        if (!row.Encoders.Any(Ffmpeg.Tools.HasEncoder)) Assert.Skip($"This ffmpeg has no encoder for {row.Word}.");
    }

    /// <summary>Frames of one grey each, from black to white.</summary>
    private string Clip(string range, string matrix, string primaries, string transfer)
    {
        string lum = range == "pc" ? $"255*N/{Greys - 1}" : $"16+219*N/{Greys - 1}";
        string labels = $"setparams=range={range}:colorspace={matrix}:color_primaries={primaries}:color_trc={transfer}";
        string curve = transfer == "bt470bg" ? "gamma28" : transfer;
        Ffmpeg.Run(
            "-f", "lavfi", "-i", $"color=black:s={Side}x{Side}:r=8:d=4,format=yuv420p,geq=lum='{lum}':cb=128:cr=128,{labels}", "-frames:v",
            $"{Greys}", "-c:v", "libx264", "-qp", "0", "-color_range", range, "-colorspace", matrix, "-color_primaries", primaries,
            "-color_trc", curve, _folder["clip.mkv"]);
        Assert.Equal([$"{range},{matrix},{transfer},{primaries}"], Probe.Lines(_folder["clip.mkv"], Entries, "v:0"));
        return _folder["clip.mkv"];
    }

    /// <summary>[F,H,W] as they are stored, whatever they mean.</summary>
    private byte[] Brightness(string file)
    {
        Ffmpeg.Run("-i", file, "-vf", "extractplanes=y", "-f", "rawvideo", "-y", _folder["y"]);
        return File.ReadAllBytes(_folder["y"]);
    }
}
