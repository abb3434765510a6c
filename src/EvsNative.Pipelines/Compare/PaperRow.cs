using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Compare;

/// <summary>A row of a table of the paper, as printed.</summary>
/// <param name="Name">of the method or the composition</param>
/// <param name="MotionSmoothness">MS, 0 to 1</param>
/// <param name="SubjectConsistency">SC, 0 to 1</param>
/// <param name="Dover">0 to 100</param>
/// <param name="Aesthetic">AP, about 1 to 10</param>
/// <param name="Overall">the mean of the four, each brought to its range: comparable within a set of clips only</param>
/// <param name="Seconds">for a clip, on a GPU that the paper does not name; null for clips as they were generated</param>
public sealed record PaperRow(
    string Name, double MotionSmoothness, double SubjectConsistency, double Dover, double Aesthetic, double Overall, double? Seconds)
{
    /// <summary>The composition that it is of; null for other methods and for the clips as they were generated.</summary>
    public EvsMode? Mode { get; init; }

    /// <summary>What is odd about the row; null for nothing.</summary>
    public string? Remark { get; init; }
}
