namespace EvsNative.Pipelines.Frames;

/// <summary>
/// x264's scale of qualities on those of other encoders: the level that leaves about the same error. Measured on the demo's clean frames:
/// peak signal-to-noise ratio of brightness, at each level of each encoder.
/// </summary>
internal static class QualityScale
{
    /// <summary>The encoder of JPEG frames, which is not ffmpeg's.</summary>
    public const string Jpeg = "jpeg";

    /// <summary>x264's levels for which the other encoders' are listed.</summary>
    private static readonly int[] Given = [0, 8, 12, 16, 20, 24, 28, 32, 38, 44, 51];

    private static readonly Dictionary<string, int[]> Others = new()
    {
        ["libx265"] = [0, 9, 14, 18, 22, 26, 31, 34, 40, 47, 51],
        ["libvpx-vp9"] = [0, 4, 7, 12, 21, 30, 38, 46, 57, 63, 63],
        ["libsvtav1"] = [1, 3, 9, 16, 25, 34, 42, 51, 58, 63, 63],
        ["libaom-av1"] = [0, 4, 8, 15, 25, 35, 42, 50, 59, 63, 63],
        // Of 0 to 100, 100 for the best: what is usual for pictures, since their rounding of colours hides finer steps.
        ["libwebp_anim"] = [100, 98, 96, 93, 90, 85, 80, 70, 50, 25, 5],
        [Jpeg] = [100, 97, 95, 93, 90, 85, 80, 70, 50, 25, 10],
    };

    /// <summary>The level of an encoder.</summary>
    /// <param name="encoder">ffmpeg's name of it, or <see cref="Jpeg"/></param>
    /// <param name="quality">x264's level, 0 to 51</param>
    public static int Of(string encoder, int quality)
    {
        if (!Others.TryGetValue(encoder, out int[]? levels)) return quality;
        int i = Math.Max(1, Array.FindIndex(Given, given => given >= quality));
        double part = (quality - Given[i - 1]) / (double)(Given[i] - Given[i - 1]);
        return (int)Math.Round(levels[i - 1] + part * (levels[i] - levels[i - 1]));
    }
}
