namespace EvsNative.Pipelines.Scores;

/// <summary>Motion smoothness of a clip.</summary>
/// <param name="Value">1 less the mean difference over 255, 0 to 1</param>
/// <param name="Pairs">the mean difference between each odd frame and the one made from its neighbours, levels of 0 to 255</param>
public sealed record MotionScore(double Value, IReadOnlyList<double> Pairs);
