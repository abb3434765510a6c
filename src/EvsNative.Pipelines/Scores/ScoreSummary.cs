using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>What was scored, by whom, and what came out.</summary>
/// <param name="Request">the choices</param>
/// <param name="Kinds">the scores that could be computed</param>
/// <param name="Judges">the judges whose weights were used</param>
/// <param name="Device">what computed, in a line</param>
/// <param name="Clips">the clips that could be read, in order</param>
/// <param name="Failed">the others</param>
/// <param name="IsCompared">whether clips were compared with unprocessed ones</param>
public sealed record ScoreSummary(
    ScoreRequest Request, IReadOnlyList<ScoreKind> Kinds, IReadOnlyList<JudgeUse> Judges, string Device,
    IReadOnlyList<ClipScores> Clips, IReadOnlyList<FailedClip> Failed, bool IsCompared)
{
    /// <summary>The clips together.</summary>
    public SetScores Set { get; } = SetScores.Of(Clips);

    /// <summary>The sizes of the clips, each once, as in "512x320".</summary>
    public IReadOnlyList<string> Sizes => [.. Clips.Select(clip => $"{clip.Width}x{clip.Height}").Distinct()];
}
