namespace EvsNative.Models.Evs;

/// <summary>Where a run stands after a step.</summary>
/// <param name="Stage">the stage, 0 for the first</param>
/// <param name="Plan">all stages</param>
/// <param name="Step">the step just done, in the expert's own count</param>
/// <param name="IsClimbing">true on the way up of an inversion</param>
/// <param name="Calls">network calls done</param>
/// <param name="TotalCalls">network calls of the whole run</param>
public readonly record struct EvsProgress(int Stage, IReadOnlyList<EvsStage> Plan, int Step, bool IsClimbing, int Calls, int TotalCalls);
