using EvsNative.Models;

namespace EvsNative.Pipelines.Scores;

/// <summary>A judge whose weights are used.</summary>
/// <param name="Facts">what the judge is, with its licence</param>
/// <param name="Path">the file of its weights</param>
public sealed record JudgeUse(JudgeFacts Facts, string Path);
