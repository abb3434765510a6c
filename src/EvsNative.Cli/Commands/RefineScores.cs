using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>refine --score</c>: the paper's scores of the clip and of the result, when the model has given its memory back.</summary>
internal static class RefineScores
{
    /// <summary>What scores a result; null where nobody asked for scores.</summary>
    /// <param name="request">the run</param>
    /// <param name="progress">told where the scoring stands</param>
    /// <param name="warn">told of what is left out</param>
    /// <param name="stop">stops it within a moment</param>
    /// <exception cref="InputException">no judge's weights are given or usable, which is to be known before hours of work</exception>
    public static Func<string, IReadOnlyList<ScoreChange>>? Of(
        RefineRequest request, IProgress<RunStatus>? progress, Action<Notice> warn, CancellationToken stop)
    {
        if (request.Choices.Get(OutputSettings.Score) != true) return null;
        var wanted = ScoreRequest.Of(request.Choices) with { Clip = ClipChoice.All };
        using var judges = JudgeSet.Dry(wanted);
        if (judges.Kinds.Count == 0)
        {
            throw new InputException(
                InputCode.NotGiven, "--score wants weights of judges: give --judges FOLDER, or some of --amt, --dino, --dover, --siglip",
                wanted.Judges.Count == 0 ? [] : [.. judges.Notices.Select(notice => notice.Message)]);
        }

        foreach (var notice in judges.Notices) warn(notice);
        return made => TryScore(made, request, wanted, progress, warn, stop);
    }

    /// <summary>That scores cannot be told is no reason to lose a result.</summary>
    private static List<ScoreChange> TryScore(
        string made, RefineRequest request, ScoreRequest wanted, IProgress<RunStatus>? progress, Action<Notice> warn,
        CancellationToken stop)
    {
        try
        {
            return Score(made, request, wanted, progress, warn, stop);
        }
        catch (Exception e) when (e is InputException or DeviceException)
        {
            warn(new Notice(NoticeCode.LeftOut, $"the scores are left out: {e.Message}"));
            return [];
        }
    }

    private static List<ScoreChange> Score(
        string made, RefineRequest request, ScoreRequest wanted, IProgress<RunStatus>? progress, Action<Notice> warn,
        CancellationToken stop)
    {
        using var judges = JudgeSet.Open(wanted, isKept: true, stop);
        var run = new ScoreRun(judges) { Progress = progress };
        using var result = ClipSource.Look(made, cancellation: stop);
        var (before, after) = (run.Score(request.Source(stop), "the clip", stop: stop), run.Score(result, "the result", stop: stop));
        foreach (var fault in before.Faults.Concat(after.Faults)) warn(new Notice(NoticeCode.LeftOut, fault.Message));
        return [.. judges.Kinds.Select(kind => new ScoreChange(kind, before.ValueOf(kind), after.ValueOf(kind)))];
    }
}
