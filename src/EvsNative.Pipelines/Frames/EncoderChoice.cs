using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>An encoder of this machine's ffmpeg, set to what an output is to be.</summary>
/// <param name="Codec">what it makes</param>
/// <param name="Encoder">ffmpeg's name of it</param>
/// <param name="Pixels">the pixels that it gets, as ffmpeg names them</param>
/// <param name="HasAlpha">whether they have opacity</param>
/// <param name="Quality">on x264's scale</param>
internal sealed record EncoderChoice(OutputCodec Codec, string Encoder, string Pixels, bool HasAlpha, int Quality)
{
    /// <summary>SVT-AV1 encodes no smaller pictures.</summary>
    private const int LeastOfSvt = 64;

    /// <summary>Qualities up to which ProRes HQ, ProRes 422 and ProRes LT are taken; Proxy beyond.</summary>
    private const int MostOfHq = 18, MostOfStandard = 24, MostOfLt = 30;

    /// <summary>
    /// Whether two pixels beside each other share their colour, so that the width is even. ffmpeg's encoder of ProRes takes odd ones and
    /// spoils the picture.
    /// </summary>
    public bool NeedsEvenWidth => NeedsEvenHeight || Pixels.Contains("422", StringComparison.Ordinal);

    /// <summary>Whether two pixels above each other do, so that the height is even.</summary>
    public bool NeedsEvenHeight => Pixels.Contains("420", StringComparison.Ordinal);

    /// <summary>How colours are written; nothing to codecs of RGB.</summary>
    public ColorTags Colors { get; init; } = ColorTags.Usual;

    /// <summary>How to make pixels of 8-bit RGB, the filters of ffmpeg.</summary>
    public string Filter(Rational pixelAspect)
    {
        string shape = $"setsar={pixelAspect}";
        if (Codec.IsYuv) return Colors.Filter(Pixels, shape);
        // A palette for each frame: one for all would keep every frame in memory. Ordered dither stands still where the picture does.
        return Codec.Codec == VideoCodec.Gif
            ? $"{shape},split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=3"
            : $"format={Pixels},{shape}";
    }

    /// <summary>What the encoder is told.</summary>
    /// <param name="tools">the ffmpeg</param>
    public IEnumerable<string> Arguments(FfmpegTools tools)
    {
        string[] labels = Codec.IsYuv ? Colors.Options() : [];
        // A palette's pixels are whatever the filter makes.
        string[] pixels = Codec.Codec == VideoCodec.Gif ? [] : ["-pix_fmt:v:0", Pixels];
        return ["-c:v:0", Encoder, .. Settings(tools), .. pixels, .. labels];
    }

    /// <summary>Chooses it.</summary>
    /// <param name="target">the output</param>
    /// <param name="format">the clip; null where only its usual codec is asked for</param>
    /// <param name="tools">the ffmpeg</param>
    /// <exception cref="InputException">this ffmpeg has none</exception>
    public static EncoderChoice Of(OutputTarget target, VideoFormat? format, FfmpegTools tools)
    {
        var codec = target.Codec(format?.HasAlpha == true);
        int bits = target.Style.Bits ?? codec.Bits[0];
        bool hasAlpha = format?.HasAlpha == true && target.Container!.HoldsAlpha && codec.PixelsAlpha is not null
            && (target.Style.Bits ?? codec.AlphaBits) == codec.AlphaBits;
        string pixels = (hasAlpha ? codec.PixelsAlpha : bits > 8 ? codec.Pixels10 : codec.Pixels8)!;
        bool isSmall = format is not null && Math.Min(format.Width, format.Height) < LeastOfSvt;
        string? encoder = codec.Encoders.Where(tools.HasEncoder).OrderBy(name => isSmall && name == "libsvtav1").FirstOrDefault();
        if (encoder is null)
        {
            throw new InputException(
                InputCode.NoTool,
                $"{tools.Ffmpeg} was built without an encoder for {codec.Word} ({string.Join(", ", codec.Encoders)}): install a full "
                + "ffmpeg, or give a folder name to write PNG frames");
        }

        if (codec.Codec != VideoCodec.Gif && !tools.Takes(encoder, pixels))
        {
            string what = hasAlpha ? "with opacity" : $"with {bits} bits a colour";
            throw new InputException(
                InputCode.NoTool,
                $"{encoder} of {tools.Ffmpeg} does not encode {codec.Word} {what}: install a full ffmpeg, or choose --bits");
        }

        return new EncoderChoice(codec, encoder, pixels, hasAlpha, target.Style.Quality ?? OutputStyle.UsualQuality)
        {
            Colors = codec.Colors(format?.Colors ?? ColorTags.Usual),
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string[] Settings(FfmpegTools tools)
    {
        string level = Text(QualityScale.Of(Encoder, Quality));
        return Encoder switch
        {
            "libx264" => ["-preset", "medium", "-crf", level],
            "libx265" => ["-preset", "medium", "-crf", level, "-x265-params", "log-level=error"],
            // libvpx keeps opacity only without frames that are never shown.
            "libvpx-vp9" =>
                ["-b:v:0", "0", "-crf", level, "-deadline", "good", "-cpu-used", "2", "-row-mt", "1", .. Shown()],
            "libsvtav1" => ["-preset", "7", tools.IsSince(5, 1) ? "-crf" : "-qp", level],
            "libaom-av1" => ["-b:v:0", "0", "-crf", level, "-cpu-used", "6", "-strict", "experimental"],
            "prores_ks" => ["-profile:v:0", Profile(), "-vendor", "apl0"],
            "ffv1" => ["-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1"],
            "libwebp_anim" => Quality == OutputStyle.BestQuality ? ["-lossless", "1"] : ["-quality", level],
            "apng" => ["-pred", "mixed"],
            _ => [],
        };
    }

    private string[] Shown() => HasAlpha ? ["-auto-alt-ref", "0"] : [];

    private string Profile() => HasAlpha ? "4444"
        : Quality <= MostOfHq ? "hq"
        : Quality <= MostOfStandard ? "standard"
        : Quality <= MostOfLt ? "lt"
        : "proxy";
}
