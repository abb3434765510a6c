namespace EvsNative.Models.Evs;

/// <summary>A step of a plan and its place among all of them.</summary>
/// <param name="Index">0 for the first of the run</param>
/// <param name="StageIndex">the stage in the plan, 0 for the first</param>
/// <param name="Stage">the stage</param>
/// <param name="K">the step in the expert's own count</param>
/// <param name="IsClimbing">true on the way up of an inversion</param>
/// <param name="Calls">network calls on the whole clip that are done when it is</param>
internal readonly record struct CourseStep(int Index, int StageIndex, EvsStage Stage, int K, bool IsClimbing, int Calls)
{
    /// <summary>The unit of all its frames.</summary>
    public WorkUnit Unit(UnitKind kind, int first, int count) => new(kind, StageIndex, K, IsClimbing, first, count);
}

/// <summary>All steps of a plan in the order in which they are done.</summary>
internal static class EvsCourse
{
    /// <summary>The steps, those on the way up of an inversion too.</summary>
    /// <param name="plan">from <see cref="EvsPlan.Build"/></param>
    /// <param name="passes">network passes of a guided step of a stage</param>
    public static IReadOnlyList<CourseStep> Of(IReadOnlyList<EvsStage> plan, Func<EvsStage, int> passes)
    {
        var course = new List<CourseStep>();
        int calls = 0;
        for (int i = 0; i < plan.Count; i++)
        {
            var stage = plan[i];
            for (int k = 1; k <= stage.Climb; k++) course.Add(new CourseStep(course.Count, i, stage, k, true, ++calls));
            for (int k = stage.From; k >= stage.To; k--)
                course.Add(new CourseStep(course.Count, i, stage, k, false, calls += passes(stage)));
        }

        return course;
    }
}
