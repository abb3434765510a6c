using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>
/// Where a refinement stands after one step. The tensors are the refiner's own: they hold these numbers until the next step is asked for,
/// and may be read or copied, not written.
/// </summary>
/// <param name="StageIndex">the stage in the plan, 0 for the first</param>
/// <param name="Stage">the stage</param>
/// <param name="K">the step just done, in the expert's own count</param>
/// <param name="IsClimbing">true on the way up of an inversion</param>
/// <param name="Calls">network calls on the whole clip that are done</param>
/// <param name="TotalCalls">those of the whole run</param>
/// <param name="Latents">[F,h,w,C], float32, at level K - 1; on the way up at level K</param>
/// <param name="Clean">[F,h,w,C], float32, the clean estimate of this step; on the way up what the stage started from</param>
public sealed record EvsStep(
    int StageIndex, EvsStage Stage, int K, bool IsClimbing, int Calls, int TotalCalls, Tensor Latents, Tensor Clean)
{
    /// <summary>
    /// True for a step that was done before an interruption, and that this run has no numbers of: its tensors mean nothing.
    /// </summary>
    public bool IsSkipped { get; init; }

    /// <summary>True for the last step of the run.</summary>
    public bool IsLast => Calls == TotalCalls;

    /// <summary>What a run that ends here gives: the latents if they have come down to level 0, the clean estimate otherwise.</summary>
    public Tensor Result => K == 1 && !IsClimbing ? Latents : Clean;
}
