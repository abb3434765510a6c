namespace EvsNative.Pipelines.Compare;

/// <summary>What the paper's judges say of a clip. A score whose judge's weights are not there is null.</summary>
/// <param name="MotionSmoothness">MS, 0 to 1</param>
/// <param name="SubjectConsistency">SC, 0 to 1</param>
/// <param name="Dover">0 to 100</param>
/// <param name="Aesthetic">AP, about 1 to 10</param>
public sealed record CellScores(double? MotionSmoothness, double? SubjectConsistency, double? Dover, double? Aesthetic)
{
    /// <summary>Nothing is known.</summary>
    public static CellScores None { get; } = new(null, null, null, null);
}
