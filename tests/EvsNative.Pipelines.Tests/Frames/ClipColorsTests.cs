using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>HDR and wide colours as a screen shows them.</summary>
public sealed class ClipColorsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The colour bars of an ordinary clip, made HDR by zscale, are themselves again up to the compression of what is bright.
    /// </summary>
    [Fact]
    public void Hdr_is_tone_mapped()
    {
        const string transfer = "smpte2084";
        Ffmpeg.Need();
        if (!ToolProcess.Run(Ffmpeg.Tools.Ffmpeg, ["-hide_banner", "-filters"]).Output.Contains("zscale", StringComparison.Ordinal))
            Assert.Skip("Needs an ffmpeg with zscale to make HDR.");
        Ffmpeg.Run(
        [
            .. "-f lavfi -i smptebars=s=64x64:r=8:d=0.25 -vf scale=out_color_matrix=bt709,format=yuv444p -colorspace bt709".Split(' '),
            .. "-color_primaries bt709 -color_trc bt709 -c:v ffv1".Split(' '), _folder["sdr.mkv"],
        ]);
        string linear = "zscale=tin=bt709:min=bt709:pin=bt709:rin=tv:t=linear:npl=203,format=gbrpf32le,";
        Ffmpeg.Run(
        [
            "-i", _folder["sdr.mkv"], "-vf",
            $"{linear}zscale=t={transfer}:p=bt2020:m=bt2020nc:r=tv:npl=203,format=yuv444p10le", "-c:v", "ffv1",
            .. $"-colorspace bt2020nc -color_primaries bt2020 -color_trc {transfer}".Split(' '), _folder["hdr.mkv"],
        ]);
        using var reader = FrameFiles.Open(_folder["hdr.mkv"]);
        Assert.Contains(reader.Notices, n => n.Code == NoticeCode.Changed && n.Message.Contains("(PQ)", StringComparison.Ordinal));
        double psnr = VideoMeasures.PsnrOf(VideoFrames.Read(reader), FrameFiles.Read(_folder["sdr.mkv"]));
        Assert.InRange(psnr, 24, 99);
    }

    /// <summary>Points of the curves from the standards: 203 cd/m2 is 58 % of PQ and 75 % of HLG; 1,000 cd/m2 is white (BT.2408).</summary>
    [Theory]
    [InlineData("Pq", 0.0, 0, 0)]
    [InlineData("Pq", 0.5807, 227, 229)]
    [InlineData("Pq", 0.7518, 254, 255)]
    [InlineData("Pq", 1.0, 255, 255)]
    [InlineData("Hlg", 0.0, 0, 0)]
    [InlineData("Hlg", 0.75, 227, 229)]
    [InlineData("Hlg", 1.0, 254, 255)]
    [InlineData("Screen", 0.5, 127, 128)]
    [InlineData("Screen", 1.0, 255, 255)]
    public void Greys_lie_where_the_standards_say(string curve, double number, int least, int most)
    {
        foreach (var gamut in Enum.GetValues<ColorGamut>())
        {
            byte[] made = Convert(new ClipColors(Enum.Parse<ColorCurve>(curve), gamut), number, number, number);
            Assert.All(made, value => Assert.InRange(value, least, most));
        }
    }

    [Fact]
    public void Brighter_stays_brighter_and_hues_stay()
    {
        int last = -1;
        for (int i = 0; i <= 100; i++)
        {
            byte[] made = Convert(new ClipColors(ColorCurve.Pq, ColorGamut.Bt709), i / 100.0, i / 100.0, i / 100.0);
            Assert.True(made[0] >= last);
            last = made[0];
        }

        // Red of a wide gamut lies beyond the screen's; what is left is its nearest.
        byte[] red = Convert(new ClipColors(ColorCurve.Screen, ColorGamut.DisplayP3), 1, 0, 0);
        Assert.Equal([255, 0, 0], red);
        // A screen's red in a wide gamut (BT.2087, Annex 2) is that red again.
        byte[] ordinary = Convert(new ClipColors(ColorCurve.Screen, ColorGamut.Bt2020), Power(0.6274), Power(0.0691), Power(0.0164));
        Assert.InRange(ordinary[0], 254, 255);
        Assert.InRange(ordinary[1], 0, 8);
        Assert.InRange(ordinary[2], 0, 8);
    }

    private static double Power(double light) => Math.Pow(light, 1 / 2.4);

    private static byte[] Convert(ClipColors colors, params double[] rgb)
    {
        byte[] given = [.. rgb.SelectMany(value => BitConverter.GetBytes((ushort)Math.Round(65535 * value)))];
        byte[] made = new byte[3];
        new ScreenColors(colors).Convert(given, made, 1);
        return made;
    }
}
