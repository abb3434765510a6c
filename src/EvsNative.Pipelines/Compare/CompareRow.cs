namespace EvsNative.Pipelines.Compare;

/// <summary>A row of a table: the means over clips.</summary>
/// <param name="Name">of the setting, or of what was published</param>
/// <param name="Variant">the setting; null for the clips as they were given and for what was published</param>
/// <param name="Scores">the judges'</param>
/// <param name="Measures">what needs no judge</param>
/// <param name="Seconds">for a clip</param>
/// <param name="Overall">see <see cref="PaperRow"/></param>
public sealed record CompareRow(
    string Name, CompareVariant? Variant, CellScores Scores, CellMeasures Measures, double? Seconds, double? Overall)
{
    /// <summary>Whether the numbers are the paper's.</summary>
    public bool IsPublished { get; init; }

    /// <summary>A row of the paper among ours.</summary>
    /// <param name="row">as printed</param>
    public static CompareRow Of(PaperRow row) => new(
        row.Name, null, new CellScores(row.MotionSmoothness, row.SubjectConsistency, row.Dover, row.Aesthetic),
        new CellMeasures(null, null, null, null, null, null), row.Seconds, row.Overall)
    {
        IsPublished = true,
    };
}
