namespace EvsNative.Pipelines.Scores;

/// <summary>Numbers in short.</summary>
/// <param name="Mean">their mean</param>
/// <param name="Spread">their standard deviation, with n - 1; null for one number</param>
/// <param name="Count">how many</param>
public sealed record MeanSpread(double Mean, double? Spread, int Count)
{
    /// <summary>Of some numbers; null of none.</summary>
    public static MeanSpread? Of(IReadOnlyCollection<double> numbers)
    {
        if (numbers.Count == 0) return null;
        double mean = numbers.Average();
        double squares = numbers.Sum(number => (number - mean) * (number - mean));
        return new MeanSpread(mean, numbers.Count > 1 ? Math.Sqrt(squares / (numbers.Count - 1)) : null, numbers.Count);
    }
}
