using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>What a tensor of a state is.</summary>
internal enum StateRole
{
    /// <summary>The expert's latents.</summary>
    Latents,

    /// <summary>Its clean estimate.</summary>
    Clean,

    /// <summary>Its last prediction, for a stage that is entered along it.</summary>
    Direction,

    /// <summary>Latents on the way up of an inversion, as they were before a step, so that its features can be recorded again.</summary>
    Climbed,
}

/// <summary>A tensor of a state.</summary>
/// <param name="Role">what it is</param>
/// <param name="Expert">whose</param>
/// <param name="Shape">[F,h,w,C]</param>
/// <param name="K">the step on the way up; 0 for the others</param>
internal readonly record struct StatePart(StateRole Role, Expert Expert, Shape Shape, int K = 0);

/// <summary>Which tensors a run goes on from after a step. A pure function of the plan.</summary>
/// <param name="plan">the stages</param>
/// <param name="input">[F,h,w,C] of the clip's latents</param>
/// <param name="records">true if features of an inversion are injected on its way down</param>
internal sealed class RunState(IReadOnlyList<EvsStage> plan, Shape input, bool records)
{
    /// <summary>[F,h,w,C] of the clip's latents.</summary>
    public Shape Input => input;

    /// <summary>The steps on the way up whose features a stage injects on its way down; none if it does not.</summary>
    public IEnumerable<int> Recorded(EvsStage stage) =>
        records && stage.Entry == Entry.Invert ? Enumerable.Range(stage.To, stage.Steps) : [];

    /// <summary>True if the last prediction of a stage is needed by a later one.</summary>
    public bool IsDirectionNeeded(int stageIndex) => plan.Skip(stageIndex + 1)
        .Any(later => later.Entry == Entry.Direction && Place(later) == Place(plan[stageIndex]));

    /// <summary>The tensors, in the order in which a state holds them.</summary>
    public IReadOnlyList<StatePart> After(CourseStep step)
    {
        var (expert, shape) = Place(step.Stage);
        var parts = new List<StatePart> { new(StateRole.Latents, expert, shape), new(StateRole.Clean, expert, shape) };
        for (int i = step.StageIndex; i >= 0; i--)
        {
            bool isDone = i < step.StageIndex || (!step.IsClimbing && step.K == step.Stage.To);
            if (!isDone || !IsDirectionNeeded(i)) continue;
            var (whose, size) = Place(plan[i]);
            var direction = new StatePart(StateRole.Direction, whose, size);
            if (!parts.Contains(direction)) parts.Add(direction);
        }

        foreach (int k in Recorded(step.Stage))
            if (step.IsClimbing ? k <= step.K : k < step.K) parts.Add(new StatePart(StateRole.Climbed, expert, shape, k));
        return parts;
    }

    /// <summary>Whose tensors a stage works on. Stages of one expert at one size share them.</summary>
    public (Expert Expert, Shape Shape) Place(EvsStage stage) => (stage.Expert, stage.SizeOf(input));
}
