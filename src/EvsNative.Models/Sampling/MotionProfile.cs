namespace EvsNative.Models.Sampling;

/// <summary>How a family of motion modules wants to be sampled: none of it is written in their files.</summary>
/// <param name="Name">the family</param>
/// <param name="Scheduler">the noise it was trained with</param>
/// <param name="Sampler">the rules it was trained or distilled for</param>
/// <param name="Steps">steps of its grid, T_V</param>
/// <param name="Guidance">its usual guidance; 1 is none</param>
/// <param name="Window">frames of the clips that it was trained on: what it sees at once</param>
public sealed record MotionProfile(
    string Name, SchedulerConfig Scheduler, SamplerKind Sampler, int Steps, double Guidance, int Window = MotionProfile.UsualWindow)
{
    /// <summary>All published families were trained on clips of 16 frames, whatever number their tables of positions allow.</summary>
    public const int UsualWindow = 16;

    /// <summary>AnimateDiff v1, v2 and v3: they differ in what they consist of, not in how they are sampled.</summary>
    public static MotionProfile AnimateDiff { get; } = new("AnimateDiff", SchedulerConfig.AnimateDiff, SamplerKind.Ddim, 25, 7.5);

    /// <summary>AnimateLCM.</summary>
    public static MotionProfile AnimateLcm { get; } = new("AnimateLCM", SchedulerConfig.AnimateLcm, SamplerKind.Lcm, 6, 1.5);

    /// <summary>The steps that AnimateDiff-Lightning was distilled for, a checkpoint each.</summary>
    internal static IReadOnlyList<int> LightningSteps { get; } = [1, 2, 4, 8];

    /// <summary>AnimateDiff-Lightning, whose grid is the one the checkpoint was distilled on: 1, 2, 4 or 8 steps.</summary>
    public static MotionProfile Lightning(int steps = 8) =>
        new("AnimateDiff-Lightning", SchedulerConfig.Lightning, SamplerKind.Euler, steps, 1);
}
