namespace EvsNative.Models.Evs;

/// <summary>The parts of a run, in the order in which they come.</summary>
public enum RunPhase
{
    /// <summary>Frames to latents.</summary>
    Encode,

    /// <summary>Prompts to what the networks attend to.</summary>
    Prompt,

    /// <summary>A stage of the plan.</summary>
    Stage,

    /// <summary>Latents to frames.</summary>
    Decode,
}

/// <summary>
/// A piece of work that has just been done: told in the same order on every run of the same settings and on its dry run. Texts are
/// derived here, for those who show them; nothing should be told from them.
/// </summary>
/// <param name="Phase">the part of the run</param>
/// <param name="Done">what is done of it: frames, prompts, or network calls of the whole run</param>
/// <param name="Total">how many there are</param>
/// <param name="Step">the step of a stage, whose tensors are valid until the listener returns; null in other phases</param>
public readonly record struct RunEvent(RunPhase Phase, int Done, int Total, EvsStep? Step = null)
{
    /// <summary>The stage in the plan, 0 for the first; null in other phases.</summary>
    public int? Stage => Step?.StageIndex;

    /// <summary>The phase in words: "encode", "read the prompt", a stage such as "video 4..3", "decode".</summary>
    public string Name => Phase switch
    {
        RunPhase.Encode => "encode",
        RunPhase.Prompt => "read the prompt",
        RunPhase.Decode => "decode",
        _ => $"{Step?.Stage}",
    };

    /// <summary>The piece in words, such as "step 7, call 12 of 44".</summary>
    public string Detail => Phase switch
    {
        RunPhase.Prompt => "both prompts",
        RunPhase.Stage => $"step {Step?.K}{(Step is { IsClimbing: true } ? " up" : "")}, call {Done} of {Total}",
        _ => $"frame {Done} of {Total}",
    };

    internal static RunEvent Of(EvsStep step) => new(RunPhase.Stage, step.Calls, step.TotalCalls, step);
}
