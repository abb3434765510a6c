using EvsNative.Models;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>Whose weights a score takes.</summary>
public static class ScoreNeeds
{
    /// <summary>The judges of a score.</summary>
    public static IReadOnlyList<JudgeKind> Judges(this ScoreKind kind) => kind switch
    {
        ScoreKind.Motion => [JudgeKind.Amt],
        ScoreKind.Subject => [JudgeKind.Dino],
        ScoreKind.Dover => [JudgeKind.Dover],
        _ => [JudgeKind.Siglip, JudgeKind.AestheticHead],
    };

    /// <summary>The setting that names a judge's file.</summary>
    public static Setting<string> Setting(this JudgeKind kind) => kind switch
    {
        JudgeKind.Amt => ScoreSettings.Amt,
        JudgeKind.Dino => ScoreSettings.Dino,
        JudgeKind.Dover => ScoreSettings.Dover,
        JudgeKind.Siglip => ScoreSettings.Siglip,
        _ => ScoreSettings.Aesthetic,
    };
}
