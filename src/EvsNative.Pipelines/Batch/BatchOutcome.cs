namespace EvsNative.Pipelines.Batch;

/// <summary>How a clip of a batch ended.</summary>
public enum BatchEnd
{
    /// <summary>It was refined by this worker.</summary>
    Done,

    /// <summary>Its result was there already.</summary>
    Skipped,

    /// <summary>It could not be refined.</summary>
    Failed,

    /// <summary>Another worker has it, or will have it.</summary>
    Elsewhere,
}

/// <summary>What became of a clip.</summary>
/// <param name="Clip">the clip, as the list names it</param>
/// <param name="End">how it ended</param>
/// <param name="Output">where its result is, or was to be</param>
/// <param name="Seconds">that this worker spent on it</param>
/// <param name="Code">of a failure, as in the errors of <c>--json</c>; null for others</param>
/// <param name="Message">of a failure, in a line; null for others</param>
public sealed record BatchOutcome(string Clip, BatchEnd End, string Output, double Seconds, string? Code = null, string? Message = null)
{
    /// <summary>Where its result was to be: what tells it from the other clips of a list, whatever became of it.</summary>
    public string Wanted { get; init; } = Output;
}
