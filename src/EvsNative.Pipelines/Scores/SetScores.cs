using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// The scores of a set of clips: means over clips, but of subject consistency over all frames of all clips, as VBench has it.
/// </summary>
public sealed class SetScores
{
    private readonly IReadOnlyList<ClipScores> _clips;

    private SetScores(IReadOnlyList<ClipScores> clips) => _clips = clips;

    /// <summary>D0, the mean DOVER of the unprocessed clips; null where one has none.</summary>
    public double? OriginalDover => MeanOfAll(clip => clip.OriginalDover?.Value);

    /// <summary>
    /// The paper's Overall of the means; null where a clip has not got one of the four scores, or its original no DOVER.
    /// </summary>
    public double? Overall =>
        ScoreWords.All.All(kind => Of(kind)?.Count == _clips.Count) && OriginalDover is { } original
            ? Scores.Overall.Of(Mean(ScoreKind.Motion), Mean(ScoreKind.Subject), Mean(ScoreKind.Dover), Mean(ScoreKind.Aesthetic), original)
            : null;

    /// <summary>Of some clips.</summary>
    public static SetScores Of(IReadOnlyList<ClipScores> clips) => new(clips);

    /// <summary>A score of the set, with its spread over the clips; null where no clip has got it.</summary>
    public MeanSpread? Of(ScoreKind kind)
    {
        var clips = MeanSpread.Of([.. _clips.Select(clip => clip.ValueOf(kind)).OfType<double>()]);
        return kind == ScoreKind.Subject && clips is not null
            ? clips with { Mean = _clips.SelectMany(clip => clip.Subject?.Terms ?? []).Average() }
            : clips;
    }

    /// <summary>Anything else of the clips in short; null where no clip has got it.</summary>
    /// <param name="number">of a clip; null where it has none</param>
    public MeanSpread? Of(Func<ClipScores, double?> number) => MeanSpread.Of([.. _clips.Select(number).OfType<double>()]);

    private double Mean(ScoreKind kind) => Of(kind)!.Mean;

    private double? MeanOfAll(Func<ClipScores, double?> number) =>
        Of(number) is { } all && all.Count == _clips.Count ? all.Mean : null;
}
