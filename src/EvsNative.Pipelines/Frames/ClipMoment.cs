using System.Globalization;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// A moment of a clip as a person names it: a time from the clip's beginning, or a frame by its number, the first being 0.
/// </summary>
public readonly record struct ClipMoment
{
    private ClipMoment(int? frame, TimeSpan time) => (Frame, Time) = (frame, time);

    /// <summary>The frame's number; null where a time is meant.</summary>
    public int? Frame { get; }

    /// <summary>The time; zero where a frame is meant.</summary>
    public TimeSpan Time { get; }

    /// <summary>The moment at which a frame is shown.</summary>
    /// <param name="frame">its number from 0 on</param>
    public static ClipMoment AtFrame(int frame) => new(frame, default);

    /// <summary>A time from the beginning.</summary>
    public static ClipMoment At(TimeSpan time) => new(null, time);

    /// <summary>Whether a frame is shown at this moment or later.</summary>
    /// <param name="index">the frame's number</param>
    /// <param name="stamp">when it is shown</param>
    public bool IsReached(int index, TimeSpan stamp) => Frame is { } frame ? index >= frame : stamp >= Time;

    /// <summary>"48f" for a frame, seconds for a time, as settings read them.</summary>
    public override string ToString() => Frame is { } frame
        ? $"{frame}f"
        : ((decimal)Time.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);
}
