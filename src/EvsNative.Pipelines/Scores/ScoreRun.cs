using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// Scores clips, one after the other. A clip is read once for each score, frame by frame, so that memory does not grow with its length.
/// </summary>
/// <param name="judges">the networks</param>
public sealed class ScoreRun(JudgeSet judges)
{
    private readonly Dictionary<string, DoverScore> _originals = [];

    /// <summary>Told where the scoring of a clip stands, in the run's own thread.</summary>
    public IProgress<RunStatus>? Progress { get; init; }

    /// <summary>Told at once of what is dropped or changed in reading clips.</summary>
    public Action<Notice>? OnNotice { get; init; }

    /// <summary>Scores a clip.</summary>
    /// <param name="clip">a video, a folder of frames, a pattern of their names, or "-" for the standard input</param>
    /// <param name="against">the unprocessed clip, if it is to be compared with that</param>
    /// <param name="stop">stops within a moment</param>
    /// <exception cref="InputException">the clip cannot be read; one line says why</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public ClipScores Score(string clip, string? against = null, CancellationToken stop = default)
    {
        using var source = ClipSource.Look(clip, judges.Request.Clip, stop);
        return Score(source, clip, against is null ? null : () => ClipSource.Look(against, judges.Request.Clip, stop), against, stop);
    }

    /// <summary>The same of clips that were looked at already.</summary>
    /// <param name="clip">the clip</param>
    /// <param name="name">what messages call it</param>
    /// <param name="against">the unprocessed clip, if it is to be compared with that; it stays the caller's</param>
    /// <param name="stop">stops within a moment</param>
    /// <exception cref="InputException">the clip cannot be read; one line says why</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public ClipScores Score(ClipSource clip, string name, ClipSource? against = null, CancellationToken stop = default)
    {
        var scored = new ScoredClip(clip, name, stop);
        return Score(scored, against is null ? null : new ScoredClip(against, $"the original of {name}", stop), null, [], stop);
    }

    private ClipScores Score(ClipSource clip, string name, Func<ClipSource>? against, string? place, CancellationToken stop)
    {
        var scored = new ScoredClip(clip, name, stop);
        if (against is null) return Score(scored, null, null, [], stop);
        var faults = new List<ScoreFault>();
        using var source = Try(null, faults, against);
        var original = source is null ? null : Try(null, faults, () => new ScoredClip(source, place!, stop));
        return Score(scored, original, place, faults, stop);
    }

    private ClipScores Score(ScoredClip clip, ScoredClip? original, string? place, List<ScoreFault> faults, CancellationToken stop)
    {
        judges.Place.Cancellation = stop;
        foreach (var notice in clip.Notices.Concat(original?.Notices ?? [])) OnNotice?.Invoke(notice);
        int parts = judges.Kinds.Count + (original is null ? 0 : judges.Dover is null ? 1 : 2), done = 0;
        var scores = new ClipScores(clip.Name, clip.Count, clip.Format.Width, clip.Format.Height);
        foreach (var kind in judges.Kinds)
        {
            var tell = Begin(kind.Name(), clip);
            if (kind != ScoreKind.Dover || original is null)
            {
                scores = Try(kind, faults, () => With(scores, kind, clip, tell)) ?? scores;
                continue;
            }

            // Read once for both clips.
            using var dover = judges.Dover!.Borrow();
            scores = Try(kind, faults, () => With(scores, kind, clip, tell)) ?? scores;
            var tellOriginal = Begin(kind.Name(), original);
            scores = scores with { OriginalDover = Try(kind, faults, () => OriginalDover(original, place, tellOriginal)) };
        }

        if (original is not null)
        {
            var tell = Begin("comparison", clip);
            scores = scores with { Compared = Try(null, faults, () => ClipComparison.Of(clip, original, tell, stop)) };
        }

        return scores with { Faults = faults };

        // A part's share of the whole, told as it grows.
        Action<double>? Begin(string name, ScoredClip of)
        {
            int before = done++;
            void Tell(double share) => Progress!.Report(new RunStatus(RunPart.Score, $"{name} of {of.Name}", (before + share) / parts));
            if (Progress is null) return null;
            Tell(0);
            return Tell;
        }
    }

    private ClipScores With(ClipScores scores, ScoreKind kind, ScoredClip clip, Action<double>? tell)
    {
        var more = kind switch
        {
            ScoreKind.Motion => scores with { Motion = Motion(clip, tell) },
            ScoreKind.Subject => scores with { Subject = Subject(clip, tell) },
            ScoreKind.Dover => scores with { Dover = Dover(clip, tell) },
            _ => scores with { Aesthetic = Aesthetic(clip, tell) },
        };
        if (double.IsFinite(more.ValueOf(kind)!.Value)) return more;
        throw new InputException(
            InputCode.Damaged, $"{kind.Name()} of {clip.Name} is no finite number: the weights are damaged: get the judge's file again");
    }

    private MotionScore Motion(ScoredClip clip, Action<double>? tell)
    {
        var d = judges.Place;
        using var amt = judges.Amt!.Borrow();
        return MotionSmoothness.Of(clip, Between, tell);

        void Between(Shape shape, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> middle)
        {
            using var scope = d.Enter("score.motion");
            d.Read(amt.Value.Forward(d, d.Upload(first, shape), d.Upload(second, shape)), middle);
        }
    }

    private SubjectScore Subject(ScoredClip clip, Action<double>? tell)
    {
        var d = judges.Place;
        using var dino = judges.Dino!.Borrow();
        return SubjectConsistency.Of(clip, Feature, tell);

        float[] Feature(Shape shape, ReadOnlySpan<float> picture)
        {
            using var scope = d.Enter("score.subject");
            return d.Download(dino.Value.Forward(d, d.Upload(picture, shape)));
        }
    }

    private DoverScore Dover(ScoredClip clip, Action<double>? tell)
    {
        var d = judges.Place;
        using var dover = judges.Dover!.Borrow();
        return new DoverQuality(Technical, Aesthetic)
        {
            Seed = judges.Request.DoverSeed,
            Samples = judges.Request.DoverSamples,
            IsAntialiased = judges.Request.DoverAntialias,
        }.Of(clip, tell);

        double Technical(Shape shape, ReadOnlySpan<float> view)
        {
            using var scope = d.Enter("score.dover");
            return dover.Value.Technical(d, d.Upload(view, shape))[0];
        }

        double Aesthetic(Shape shape, ReadOnlySpan<float> view)
        {
            using var scope = d.Enter("score.dover");
            return dover.Value.Aesthetic(d, d.Upload(view, shape));
        }
    }

    private AestheticScore Aesthetic(ScoredClip clip, Action<double>? tell)
    {
        var d = judges.Place;
        using var taste = judges.Taste!.Borrow();
        return AestheticTaste.Of(clip, judges.TasteSide, Taste, tell);

        double Taste(Shape shape, ReadOnlySpan<float> picture)
        {
            using var scope = d.Enter("score.aesthetic");
            return taste.Value.Score(d, d.Upload(picture, shape))[0];
        }
    }

    /// <summary>Many results may have one original.</summary>
    private DoverScore OriginalDover(ScoredClip original, string? place, Action<double>? tell)
    {
        if (place is not null && _originals.TryGetValue(place, out var known)) return known;
        var score = Dover(original, tell);
        if (place is not null) _originals[place] = score;
        return score;
    }

    /// <summary>What cannot be computed is noted, and the rest goes on.</summary>
    private static T? Try<T>(ScoreKind? kind, List<ScoreFault> faults, Func<T> compute) where T : class
    {
        try
        {
            return compute();
        }
        catch (InputException e)
        {
            faults.Add(new ScoreFault(kind, e.Code, e.Message));
        }
        catch (Exception e) when (e is DeviceMemoryException or OutOfMemoryException)
        {
            string score = kind?.Name() ?? "the comparison";
            faults.Add(new ScoreFault(kind, InputCode.TooLarge, $"{score}: memory does not suffice: use a smaller clip or another device"));
        }

        return null;
    }
}
