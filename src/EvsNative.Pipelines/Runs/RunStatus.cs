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
}

/// <summary>Where a run stands.</summary>
/// <param name="Part">the part</param>
/// <param name="What">what of it, in words to show: "autoencoder", "video 4..3: step 3, call 12 of 44"</param>
/// <param name="Share">how much of the part is done, 0 to 1; the networks' work counts by its time, as far as that is known</param>
/// <param name="SecondsLeft">until all networks have done their work; null where that is not known yet</param>
public readonly record struct RunStatus(RunPart Part, string What, double Share, double? SecondsLeft = null);
