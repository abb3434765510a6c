using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Runs;

/// <summary>The parts of a run that are told of while they go on.</summary>
public enum RunPart
{
    /// <summary>The clip is looked through.</summary>
    Read,

    /// <summary>The model is loaded.</summary>
    Load,

    /// <summary>The clip goes through the networks.</summary>
    Refine,

    /// <summary>What is left of the result to be written is written.</summary>
    Write,

    /// <summary>A clip is scored.</summary>
    Score,
}

/// <summary>Where a run stands.</summary>
/// <param name="Part">the part</param>
/// <param name="What">what of it, in words to show: "autoencoder", "video 4..3: step 3, call 12 of 44"</param>
/// <param name="Share">how much of the part is done, 0 to 1; the networks' work counts by its time, as far as that is known</param>
/// <param name="SecondsLeft">until all networks have done their work; null where that is not known yet</param>
public readonly record struct RunStatus(RunPart Part, string What, double Share, double? SecondsLeft = null)
{
    /// <summary>The stage of the method, such as "image 20..10", or "encode", "decode"; null in other parts.</summary>
    public string? Stage { get; init; }

    /// <summary>The step of the stage that is under way or just done, in the expert's own count; null where there is none.</summary>
    public int? Step { get; init; }

    /// <summary>The frames that were worked on last; null for all.</summary>
    public FrameRange? Frames { get; init; }

    /// <summary>
    /// How many frames this stage does in a second: of a step of the method, frames times steps. Null until it is known; of work that was
    /// fetched nothing is.
    /// </summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>How long a step of all frames takes in this stage; null where there are no steps, and until it is known.</summary>
    public double? SecondsPerStep { get; init; }

    /// <summary>Memory that the process holds now, on the processor's side.</summary>
    public long MemoryBytes { get; init; } = Environment.WorkingSet;

    /// <summary>Memory of a GPU that the run holds now; null on the processor, and before there is one.</summary>
    public long? DeviceBytes { get; init; }
}
