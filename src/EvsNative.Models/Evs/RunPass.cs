namespace EvsNative.Models.Evs;

/// <summary>A pass of a network on some frames: the smallest piece of a step that is told of.</summary>
/// <param name="StageIndex">the stage in the plan, 0 for the first</param>
/// <param name="Stage">the stage</param>
/// <param name="K">the step, in the expert's own count</param>
/// <param name="IsClimbing">true on the way up of an inversion</param>
/// <param name="Number">which of the step's passes it is, from 1</param>
/// <param name="Count">how many there are: windows or groups of frames, times prompts</param>
public readonly record struct RunPass(int StageIndex, EvsStage Stage, int K, bool IsClimbing, int Number, int Count);

/// <summary>Frames of a clip that a piece of work was about.</summary>
/// <param name="First">the first one, counted from 0</param>
/// <param name="Count">how many</param>
public readonly record struct FrameRange(int First, int Count)
{
    /// <summary>For people, who count from 1: "frame 3", "frames 17-32".</summary>
    public override string ToString() => Count == 1 ? $"frame {First + 1}" : $"frames {First + 1}-{First + Count}";
}
