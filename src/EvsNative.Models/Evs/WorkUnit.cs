namespace EvsNative.Models.Evs;

/// <summary>What a unit of work results in.</summary>
public enum UnitKind
{
    /// <summary>Clean latents of some frames: [Count,h,w,4] float32.</summary>
    Encoded,

    /// <summary>What the network predicts of some frames in a step, with all that it leaves for later steps.</summary>
    Predicted,

    /// <summary>All that the next step needs of some frames: what a run goes on from.</summary>
    State,

    /// <summary>Pictures of some frames: [Count,H,W,3] bytes.</summary>
    Decoded,
}

/// <summary>
/// A piece of a run whose result can be kept and fetched again. Its result is a function of the run's recipe and of the unit alone: the
/// same bytes on the same device, whoever computes it and when.
/// </summary>
/// <param name="Kind">what it results in</param>
/// <param name="Stage">the stage in the plan, 0 for the first; 0 where there is none</param>
/// <param name="Step">the step in the expert's own count; 0 where there is none</param>
/// <param name="IsClimbing">true on the way up of an inversion</param>
/// <param name="First">the first frame, counted from 0</param>
/// <param name="Count">how many frames</param>
public readonly record struct WorkUnit(UnitKind Kind, int Stage, int Step, bool IsClimbing, int First, int Count)
{
    /// <summary>A name that is unique in a run and fit for a file, such as "predicted-1-down-3-16-16".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Kind}-{Stage}-{(IsClimbing ? "up" : "down")}-{Step}-{First}-{Count}").ToLowerInvariant();
}
