using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>A score of the clip that was given and of the result.</summary>
/// <param name="Score">which</param>
/// <param name="Before">of the clip; null if it could not be computed</param>
/// <param name="After">of the result; null if it could not be computed</param>
public sealed record ScoreChange(ScoreKind Score, double? Before, double? After)
{
    /// <summary>The score's word: ms, sc, dover, ap.</summary>
    public string Word => Score.Word();
}
