namespace EvsNative.Pipelines.Frames;

/// <summary>A way of coding pictures, as ffmpeg does it.</summary>
/// <param name="Codec">which</param>
/// <param name="Word">as a setting names it</param>
/// <param name="Encoders">ffmpeg's encoders for it, the best first</param>
internal sealed record OutputCodec(VideoCodec Codec, string Word, params string[] Encoders)
{
    /// <summary>ffmpeg's pixel format for 8 bits a colour; null where there is none.</summary>
    public string? Pixels8 { get; init; }

    /// <summary>The same for 10 bits.</summary>
    public string? Pixels10 { get; init; }

    /// <summary>The same with opacity.</summary>
    public string? PixelsAlpha { get; init; }

    /// <summary>Bits of a colour in <see cref="PixelsAlpha"/>.</summary>
    public int AlphaBits { get; init; } = 8;

    /// <summary>Whether colours are brightness and two differences, as <see cref="ColorTags"/> say; else they are RGB.</summary>
    public bool IsYuv { get; init; } = true;

    /// <summary>Whether it can say that brightness uses all numbers.</summary>
    public bool HoldsFullRange { get; init; } = true;

    /// <summary>Whether it has qualities to choose from.</summary>
    public bool HasQuality { get; init; } = true;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OutputCodec> All { get; } =
    [
        new(VideoCodec.H264, "h264", "libx264") { Pixels8 = "yuv420p", Pixels10 = "yuv420p10le" },
        new(VideoCodec.Hevc, "hevc", "libx265") { Pixels8 = "yuv420p", Pixels10 = "yuv420p10le" },
        new(VideoCodec.Vp9, "vp9", "libvpx-vp9")
        {
            Pixels8 = "yuv420p",
            Pixels10 = "yuv420p10le",
            PixelsAlpha = "yuva420p",
        },
        new(VideoCodec.Av1, "av1", "libsvtav1", "libaom-av1") { Pixels8 = "yuv420p", Pixels10 = "yuv420p10le" },
        new(VideoCodec.ProRes, "prores", "prores_ks")
        {
            Pixels10 = "yuv422p10le",
            PixelsAlpha = "yuva444p10le",
            AlphaBits = 10,
            HoldsFullRange = false,
        },
        Lossless(VideoCodec.Ffv1, "ffv1", "ffv1", "bgr0", "bgra"),
        Lossless(VideoCodec.Gif, "gif", "gif", "rgb24", "rgba"),
        Lossless(VideoCodec.WebP, "webp", "libwebp_anim", "bgra", "bgra") with { HasQuality = true },
        Lossless(VideoCodec.Apng, "apng", "apng", "rgb24", "rgba"),
    ];

    /// <summary>The bits of a colour that it can have, the usual ones first.</summary>
    public IReadOnlyList<int> Bits => Pixels8 is null ? [10] : Pixels10 is null ? [8] : [8, 10];

    /// <summary>How colours of a clip are written by it.</summary>
    public ColorTags Colors(ColorTags given) => HoldsFullRange ? given : given with { IsFull = false };

    /// <summary>The row of a codec.</summary>
    public static OutputCodec Of(VideoCodec codec) => All.First(row => row.Codec == codec);

    private static OutputCodec Lossless(VideoCodec codec, string word, string encoder, string opaque, string alpha) =>
        new(codec, word, encoder) { Pixels8 = opaque, PixelsAlpha = alpha, IsYuv = false, HasQuality = false };
}
