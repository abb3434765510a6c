using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Tests.Judges;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>Scores from a clip to the number against the reference, which computes in float64.</summary>
public sealed class ScoreGoldenTests
{
    /// <summary>Of a score; of motion smoothness single bytes flip where a colour is near a whole number.</summary>
    private const double Tolerance = 1e-5;

    [Fact]
    public void Motion_smoothness()
    {
        const string Case = "score motion smoothness";
        using var judges = SmallJudges.Open(ScoreKind.Motion, _ => Calmed(Case));
        var score = Score(judges, FormulaClip.Of(16, 150, 210)).Motion!;
        Near(Case, "pairs", score.Pairs, 1e-3);
        Near(Case, "score", [score.Value], Tolerance);
    }

    [Fact]
    public void Subject_consistency()
    {
        const string Case = "score subject consistency, small";
        using var judges = SmallJudges.Open(ScoreKind.Subject);
        var score = Score(judges, FormulaClip.Of(16, 150, 210)).Subject!;
        Near(Case, "frames", score.Terms, Tolerance);
        Near(Case, "score", [score.Value], Tolerance);
    }

    [Fact]
    public void Dover()
    {
        const string Case = "score dover, small";
        using var judges = SmallJudges.Open(ScoreKind.Dover, _ => Calmed(Case));
        var score = Score(judges, FormulaClip.Of(16, 320, 512)).Dover!;
        // Of the aesthetic view single bytes, halfway between two, are rounded the other way.
        Near(Case, "raw", [score.Raw.Technical, score.Raw.Aesthetic], 5e-6);
        Near(Case, "scores", [score.Technical, score.Aesthetic, score.Value], 100 * Tolerance);
    }

    [Fact]
    public void Aesthetic_score()
    {
        const string Case = "score aesthetic, small";
        using var judges = SmallJudges.Open(ScoreKind.Aesthetic);
        var score = Score(judges, FormulaClip.Of(16, 150, 210)).Aesthetic!;
        Near(Case, "frames", score.Frames, Tolerance);
        Near(Case, "score", [score.Value], Tolerance);
    }

    /// <summary>The published size of DINO, with 85.8 million weights by formula.</summary>
    [Fact]
    public void Subject_consistency_at_full_size()
    {
        const string Case = "score subject consistency";
        var request = new ScoreRequest { Kinds = [ScoreKind.Subject] };
        using var judges = new JudgeSet(
            request, Device.Open(new DeviceOptions(Backend.Cpu)), _ => new FormulaWeights(), JudgeConfigs.Published, isKept: false);
        var score = Score(judges, FormulaClip.Of(4, 320, 512)).Subject!;
        Near(Case, "frames", score.Terms, Tolerance);
        Near(Case, "score", [score.Value], Tolerance);
    }

    /// <summary>The reference's weights with some made smaller, so that pictures stay in 0..1 and the logistic does not saturate.</summary>
    private static CalmedWeights Calmed(string name)
    {
        var (names, factor) = MetricGolden.Calmed(name);
        return new CalmedWeights(new FormulaWeights(), names, factor);
    }

    private static ClipScores Score(JudgeSet judges, VideoFrames clip)
    {
        Assert.Empty(judges.Notices);
        var scores = new ScoreRun(judges).Score(ClipSource.Of(clip), clip.Source, stop: TestContext.Current.CancellationToken);
        Assert.Empty(scores.Faults);
        return scores;
    }

    private static void Near(string name, string numbers, IReadOnlyList<double> got, double tolerance) =>
        Assert.Equal(MetricGolden.Numbers(name, numbers), got, (wanted, value) => Math.Abs(wanted - value) <= tolerance);
}
