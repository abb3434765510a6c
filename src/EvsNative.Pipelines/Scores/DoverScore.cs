namespace EvsNative.Pipelines.Scores;

/// <summary>DOVER of a clip, each score 0 to 100.</summary>
/// <param name="Value">both branches together; the mean over the samples</param>
/// <param name="Technical">the technical branch alone; the mean over the samples</param>
/// <param name="Aesthetic">the aesthetic branch alone</param>
/// <param name="Samples">the score for each seed of the fragments, the first one first</param>
/// <param name="Raw">what the heads give on average, technical over all samples and aesthetic, before they are standardised</param>
public sealed record DoverScore(
    double Value, double Technical, double Aesthetic, IReadOnlyList<double> Samples, (double Technical, double Aesthetic) Raw)
{
    /// <summary>Standard deviation over the samples; null for one.</summary>
    public double? Spread => MeanSpread.Of(Samples)?.Spread;
}
