using System.Globalization;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>How many frames a file says that it holds, or how long. It is not always right, so it is never relied on for reading.</summary>
/// <param name="Count">frames to be shown; 0 where only the length is known</param>
/// <param name="Length">seconds; 0 where nothing is said</param>
/// <param name="Counted">the file's own count, of which an edit list may hide some; 0 where it has none</param>
internal readonly record struct PromisedFrames(int Count, double Length, int Counted)
{
    /// <summary>Lengths are rounded, and the last frame's is not always in them.</summary>
    private const double Tolerance = 0.05;

    /// <summary>Of a stream.</summary>
    /// <param name="stream">the stream</param>
    /// <param name="length">seconds of the whole file, null where something else in it may be longer than the pictures</param>
    /// <param name="rate">frames a second</param>
    public static PromisedFrames Of(FFProbeStream stream, double? length, Rational rate)
    {
        double? seconds = Seconds(stream.Duration) ?? TagSeconds(stream) ?? length;
        int counted = stream.ExtensionData?.TryGetValue("nb_frames", out var value) == true
            && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int frames) ? frames : 0;
        // A length shorter than the count is an edit list's, which hides frames.
        bool isWhole = seconds is null || Math.Round(seconds.Value * rate.Value) >= counted;
        return new PromisedFrames(isWhole ? counted : 0, seconds ?? 0, counted);
    }

    /// <summary>What is missing of it, in words; null where nothing is.</summary>
    /// <param name="frames">that were read</param>
    /// <param name="end">seconds until the last one has been shown</param>
    public string? Missing(int frames, double end)
    {
        if (Count > 0) return frames < Count ? $"{frames} of {Count} frames" : null;
        string Words(double seconds) => seconds.ToString("0.##", CultureInfo.InvariantCulture);
        bool isShort = end < Length * (1 - Tolerance) && end < Length - Length / Math.Max(1, frames);
        return isShort ? $"{Words(end)} of {Words(Length)} s ({frames} frames)" : null;
    }

    /// <summary>Matroska keeps a stream's length in a tag, as hours, minutes, seconds.</summary>
    private static double? TagSeconds(FFProbeStream stream) =>
        stream.Tags?.GetValueOrDefault("DURATION") is { } tag && tag.Split(':') is [var hours, var minutes, var seconds]
        && Seconds(hours) is { } h && Seconds(minutes) is { } m && Seconds(seconds) is { } s
            ? h * 3600 + m * 60 + s : null;

    private static double? Seconds(string? number) =>
        double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value : null;
}
