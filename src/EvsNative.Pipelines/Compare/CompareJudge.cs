using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Compare;

/// <summary>The paper's judges, opened when the first clip is to be scored: nothing of them is in memory while clips are refined.</summary>
/// <param name="request">which scores, and where the weights are</param>
public sealed class CompareJudge(ScoreRequest request) : IDisposable
{
    private readonly ScoreRequest _request = request with { Clip = ClipChoice.All };
    private JudgeSet? _judges;
    private (IReadOnlyList<ScoreKind> Kinds, IReadOnlyList<Notice> Notices)? _looked;

    /// <summary>Whether anybody can be asked: there are files of weights.</summary>
    public bool IsThere => request.Judges.Count > 0;

    /// <summary>What the scores that can be computed are, a line each.</summary>
    public IReadOnlyList<string> Definitions => [.. Looked.Kinds.Select(kind => $"{kind.Name()}: {ScoreDefinitions.Of(kind, request)}.")];

    /// <summary>Scores that will be left out, and why, before anything is refined; none where nobody can be asked.</summary>
    public IReadOnlyList<Notice> LeftOut => Looked.Notices;

    private (IReadOnlyList<ScoreKind> Kinds, IReadOnlyList<Notice> Notices) Looked => _looked ??= Look(request);

    /// <summary>Tells judges apart, by the content of their files and by what they are asked.</summary>
    /// <param name="stop">stops between two files</param>
    /// <exception cref="InputException">a file cannot be read</exception>
    public string Key(CancellationToken stop) => string.Join(
        ' ',
        [
            .. request.Judges.Keys.Order().Select(judge => $"{judge} {ContentHash.OfContent(request.FileOf(judge), stop)}"),
            .. request.Kinds.Select(kind => $"{kind}"),
            $"{request.DoverSeed} {request.DoverSamples} {request.DoverAntialias}",
        ]);

    /// <summary>Scores a clip.</summary>
    /// <param name="clip">where it is</param>
    /// <param name="choice">which frames of it</param>
    /// <param name="progress">told where it stands</param>
    /// <param name="warn">told of scores that are left out, and why</param>
    /// <param name="stop">stops within a moment</param>
    /// <exception cref="InputException">the clip cannot be read</exception>
    public CellScores Score(string clip, ClipChoice choice, IProgress<RunStatus>? progress, Action<Notice> warn, CancellationToken stop)
    {
        if (_judges is null)
        {
            _judges = JudgeSet.Open(_request, stop: stop);
            foreach (var notice in _judges.Notices) warn(notice);
        }

        using var source = ClipSource.Look(clip, choice, stop);
        var scores = new ScoreRun(_judges) { Progress = progress, OnNotice = warn }.Score(source, clip, stop: stop);
        foreach (var fault in scores.Faults) warn(new Notice(NoticeCode.LeftOut, $"{clip}: {fault.Message}"));
        return new CellScores(scores.Motion?.Value, scores.Subject?.Value, scores.Dover?.Value, scores.Aesthetic?.Value);
    }

    /// <inheritdoc/>
    public void Dispose() => _judges?.Dispose();

    private static (IReadOnlyList<ScoreKind> Kinds, IReadOnlyList<Notice> Notices) Look(ScoreRequest request)
    {
        if (request.Judges.Count == 0) return ([], []);
        using var judges = JudgeSet.Dry(request);
        return (judges.Kinds, judges.Notices);
    }
}
