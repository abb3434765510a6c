namespace EvsNative.Pipelines.Scores;

/// <summary>Subject consistency of a clip.</summary>
/// <param name="Value">the mean of the terms, 0 to 1</param>
/// <param name="Terms">
/// of each frame from the second on: half the cosine to the frame before and half the cosine to the first one, neither below 0
/// </param>
public sealed record SubjectScore(double Value, IReadOnlyList<double> Terms);
