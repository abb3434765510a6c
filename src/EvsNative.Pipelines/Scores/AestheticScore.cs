namespace EvsNative.Pipelines.Scores;

/// <summary>The aesthetic score of a clip.</summary>
/// <param name="Value">the mean over all frames, about 1 to 10</param>
/// <param name="Frames">of each frame</param>
public sealed record AestheticScore(double Value, IReadOnlyList<double> Frames);
