namespace EvsNative.Pipelines.Frames;

/// <summary>Which frames of a clip are read, and at what rate.</summary>
public sealed record ClipChoice
{
    /// <summary>All of them, as they are.</summary>
    public static ClipChoice All { get; } = new();

    /// <summary>The first frame is the first one that is shown then or later; the clip's first if absent.</summary>
    public ClipMoment? Start { get; init; }

    /// <summary>Frames that are shown then or later are not read; all are if absent.</summary>
    public ClipMoment? End { get; init; }

    /// <summary>Most frames from the start on, before the rate is changed.</summary>
    public int? Frames { get; init; }

    /// <summary>
    /// Frames a second: a folder carries none and has <see cref="FrameFiles.DefaultRate"/> if this is absent; a video's own is changed to
    /// it.
    /// </summary>
    public Rational? Rate { get; init; }

    /// <summary>Read what can be read of a clip that is cut off or damaged, with a line that says so.</summary>
    public bool AcceptsDamage { get; init; }
}
