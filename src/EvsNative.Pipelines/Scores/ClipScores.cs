using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>The scores of a clip. What could not be computed is null, with the reason among <see cref="Faults"/>.</summary>
/// <param name="Clip">as it was named</param>
/// <param name="Frames">F</param>
/// <param name="Width">W in pixels</param>
/// <param name="Height">H in pixels</param>
public sealed record ClipScores(string Clip, int Frames, int Width, int Height)
{
    /// <summary>Motion smoothness.</summary>
    public MotionScore? Motion { get; init; }

    /// <summary>Subject consistency.</summary>
    public SubjectScore? Subject { get; init; }

    /// <summary>DOVER.</summary>
    public DoverScore? Dover { get; init; }

    /// <summary>Aesthetic score.</summary>
    public AestheticScore? Aesthetic { get; init; }

    /// <summary>DOVER of the unprocessed clip, where one was given: what Overall counts from.</summary>
    public DoverScore? OriginalDover { get; init; }

    /// <summary>The clip beside the unprocessed one, where one was given.</summary>
    public ComparedMeasures? Compared { get; init; }

    /// <summary>What could not be computed of what was asked for, and why.</summary>
    public IReadOnlyList<ScoreFault> Faults { get; init; } = [];

    /// <summary>A score; null if it was not computed.</summary>
    public double? ValueOf(ScoreKind kind) => kind switch
    {
        ScoreKind.Motion => Motion?.Value,
        ScoreKind.Subject => Subject?.Value,
        ScoreKind.Dover => Dover?.Value,
        _ => Aesthetic?.Value,
    };
}
