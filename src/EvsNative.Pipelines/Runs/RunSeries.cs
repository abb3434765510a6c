using System.Text.Json.Serialization;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Runs;

/// <summary>How steady both clips are from frame to frame: an entry for each frame but the first, against the frame before it.</summary>
/// <param name="Seconds">when the frame is shown, from the clip's beginning</param>
/// <param name="Before">the input at the output's size</param>
/// <param name="After">the output</param>
public sealed record RunSeries(
    [property: JsonConverter(typeof(CompactNumbers))] IReadOnlyList<double> Seconds, ClipSeries Before, ClipSeries After)
{
    /// <summary>Of frames that were measured.</summary>
    /// <param name="stamps">when each frame is shown</param>
    /// <param name="before">the input; null where it could not be measured</param>
    /// <param name="after">the output</param>
    internal static RunSeries Of(IReadOnlyList<TimeSpan> stamps, ClipMeasures? before, ClipMeasures after) =>
        new([.. stamps.Skip(1).Select(stamp => stamp.TotalSeconds)], ClipSeries.Of(before), ClipSeries.Of(after));
}

/// <summary>Of one clip, in grey levels; empty where there are no numbers.</summary>
/// <param name="Flicker">see <see cref="VideoMeasures.Flicker"/></param>
/// <param name="Residual">see <see cref="VideoMeasures.Residual"/></param>
public sealed record ClipSeries(
    [property: JsonConverter(typeof(CompactNumbers))] IReadOnlyList<double> Flicker,
    [property: JsonConverter(typeof(CompactNumbers))] IReadOnlyList<double> Residual)
{
    internal static ClipSeries Of(ClipMeasures? clip) => new([.. clip?.Flicker ?? []], [.. clip?.Residual ?? []]);
}
