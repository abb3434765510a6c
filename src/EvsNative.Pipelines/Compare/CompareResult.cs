using EvsNative.Pipelines.Scores;

namespace EvsNative.Pipelines.Compare;

/// <summary>Every cell of a comparison, and the rows of its tables.</summary>
/// <param name="Request">what was asked for</param>
/// <param name="Cells">in the order of settings and clips, the clips as they were given first</param>
public sealed record CompareResult(CompareRequest Request, IReadOnlyList<CellResult> Cells)
{
    /// <summary>Clips that are there under every setting. Means are over these alone: means over different clips say nothing.</summary>
    public IReadOnlyList<string> WholeClips { get; } =
        [.. Cells.GroupBy(cell => cell.Clip).Where(clip => clip.All(cell => cell.Numbers is not null)).Select(clip => clip.Key)];

    /// <summary>Cells that could not be made.</summary>
    public IEnumerable<CellResult> Failed => Cells.Where(cell => cell.Fault is not null);

    /// <summary>Cells that other processes have.</summary>
    public int Elsewhere => Cells.Count(cell => cell is { Numbers: null, Fault: null });

    /// <summary>The clips as they were given; null where no clip is whole.</summary>
    public CompareRow? Input => Row(null);

    /// <summary>The means of a setting; null where no clip is whole.</summary>
    /// <param name="variant">the setting; null for the clips as they were given</param>
    public CompareRow? Row(CompareVariant? variant)
    {
        if (WholeClips.Count == 0) return null;
        var cells = Cells.Where(cell => cell.Variant == variant && WholeClips.Contains(cell.Clip));
        CellNumbers[] numbers = [.. cells.Select(cell => cell.Numbers!)];
        var scores = new CellScores(
            Mean(numbers, cell => cell.Scores.MotionSmoothness), Mean(numbers, cell => cell.Scores.SubjectConsistency),
            Mean(numbers, cell => cell.Scores.Dover), Mean(numbers, cell => cell.Scores.Aesthetic));
        var measures = new CellMeasures(
            Mean(numbers, cell => cell.Measures.PsnrToInput), Mean(numbers, cell => cell.Measures.SsimToInput),
            Mean(numbers, cell => cell.Measures.Flicker), Mean(numbers, cell => cell.Measures.Residual),
            Mean(numbers, cell => cell.Measures.Sharpness), Mean(numbers, cell => cell.Measures.PsnrToClean));
        double? original = variant is null ? scores.Dover : Input?.Scores.Dover;
        double? seconds = Mean(numbers, cell => cell.Seconds);
        return new CompareRow(variant?.Name ?? "input", variant, scores, measures, seconds, OverallOf(scores, original));
    }

    /// <summary>
    /// The paper's Overall, by the ranges that its tables reveal: the mean of four scores, each brought to its range, of which DOVER's
    /// begins at the clips as they were given.
    /// </summary>
    private static double? OverallOf(CellScores scores, double? original) => (scores, original) is
        ({ MotionSmoothness: { } ms, SubjectConsistency: { } sc, Dover: { } dover, Aesthetic: { } ap }, { } start)
        ? Overall.Of(ms, sc, dover, ap, start)
        : null;

    private static double? Mean(IReadOnlyCollection<CellNumbers> numbers, Func<CellNumbers, double?> value)
    {
        double?[] values = [.. numbers.Select(value)];
        return values.Any(one => one is null) ? null : values.Average();
    }
}
