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
    /// <summary>The pass within a step that is under way; null for a step that is done, and in other phases.</summary>
    public RunPass? Pass { get; init; }

    /// <summary>The frames that it was about; null for all of the clip, and for prompts.</summary>
    public FrameRange? Frames { get; init; }

    /// <summary>True if nothing was computed for it: an earlier run, or another process, had done it.</summary>
    public bool IsFetched { get; init; }

    /// <summary>The stage in the plan, 0 for the first; null in other phases.</summary>
    public int? Stage => Step?.StageIndex ?? Pass?.StageIndex;

    /// <summary>The same as the plan has it.</summary>
    public EvsStage? Planned => Step?.Stage ?? Pass?.Stage;

    /// <summary>The step in the expert's own count; null in other phases.</summary>
    public int? K => Step?.K ?? Pass?.K;

    /// <summary>The phase in words: "encode", "read the prompt", a stage such as "video 4..3", "decode".</summary>
    public string Name => Phase switch
    {
        RunPhase.Encode => "encode",
        RunPhase.Prompt => "read the prompt",
        RunPhase.Decode => "decode",
        _ => $"{Planned}",
    };

    /// <summary>The piece in words, such as "step 7, call 12 of 44", "step 6, frames 17-32, pass 3 of 8", "frames 9-12 of 64".</summary>
    public string Detail => Phase switch
    {
        RunPhase.Prompt => "both prompts",
        RunPhase.Stage when Pass is { } pass => $"step {pass.K}{Up(pass.IsClimbing)}, {Frames}, pass {pass.Number} of {pass.Count}",
        RunPhase.Stage => $"step {K}{Up(Step is { IsClimbing: true })}, call {Done} of {Total}",
        _ => Frames is { Count: > 1 } frames && frames.Count < Total ? $"{frames} of {Total}" : $"frame {Done} of {Total}",
    };

    internal static RunEvent Of(EvsStep step) =>
        new(RunPhase.Stage, step.Calls, step.TotalCalls, step) { IsFetched = step.IsSkipped };

    /// <summary>Frames on their way into latents or out of them.</summary>
    internal static RunEvent Of(RunPhase phase, FrameWindow group, int frames, bool isFetched) =>
        new(phase, group.End, frames) { Frames = new FrameRange(group.First, group.Count), IsFetched = isFetched };

    private static string Up(bool isClimbing) => isClimbing ? " up" : "";
}
