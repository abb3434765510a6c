using System.CommandLine;
using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>evsnative score</c>: the paper's scores of clips, and how far they are from what they were made from.</summary>
internal static class ScoreCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "score";

    public const string About = "Scores clips as the paper does: motion smoothness, subject consistency, DOVER, aesthetics, Overall.";

    private static readonly Setting[] Settings =
    [
        .. ScoreSettings.Group.Rows,
        ClipSettings.Start, ClipSettings.End, ClipSettings.Frames, ClipSettings.AcceptDamaged,
        DeviceSettings.Device, DeviceSettings.Threads,
        OutputSettings.Force, OutputSettings.Json, WatchSettings.Progress,
    ];

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var clips = new Argument<string[]>("clip")
        {
            Description = "videos, folders of frames, folders of these, or lists (.txt) with a path in each line",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var against = new Option<string?>("--against")
        {
            Description = "the unprocessed clip, or a folder or list of them, found by their names: adds PSNR, SSIM, our measures, Overall",
        };
        var csv = new Option<string?>("--csv") { Description = "a file with a line for each clip" };
        var command = new Command(Name, About) { clips, against, csv };
        var options = new SettingOptions(command, Settings);
        command.SetAction(said =>
        {
            var choices = new UserLayers(options.Read(said), told).All;
            return Run(said.GetValue(clips) ?? [], said.GetValue(against), said.GetValue(csv), choices, told, stop);
        });
        return command;
    }

    private static int Run(string[] paths, string? against, string? csv, Choices choices, NoticeLog told, CancellationToken stop)
    {
        if (paths.Length == 0)
            throw new InputException(InputCode.NotGiven, "no clip: name videos, folders of frames, or folders or lists of these");
        bool force = choices.Get(OutputSettings.Force) == true, json = choices.Get(OutputSettings.Json) == true;
        var request = ScoreRequest.Of(choices);
        if (csv is not null)
        {
            CheckUnread(csv, paths.Append(against).Concat(request.Judges.Values).OfType<string>());
            PendingFile.CheckWritable(csv, force);
        }

        var scores = RunProgress.Watch(ProgressForms.Of(choices), (progress, say) =>
        {
            void Warn(Notice notice)
            {
                if (told.All.Contains(notice)) return;
                told.Add(notice);
                say(notice);
            }

            return Score(paths, against, request, progress, Warn, stop);
        });
        if (csv is not null) PendingFile.WriteAll(csv, Encoding.UTF8.GetBytes(ScoreCsv.Of(scores)), force);
        if (json) ScriptOutput.Write(ScoreJson.Of(scores, Faults.Words(told.All)));
        else Screen.Draw(console => ScoreTable.Print(console, scores));
        return scores.Failed.Count > 0 ? Faults.SomeFailed : 0;
    }

    /// <summary>Not even <c>--force</c> replaces what is read.</summary>
    private static void CheckUnread(string csv, IEnumerable<string> read)
    {
        if (read.Any(path => RealPath.AreOne(path, csv)))
            throw new InputException(InputCode.Conflict, $"{csv} is read and would be replaced: give --csv another name");
    }

    private static ScoreSummary Score(
        string[] paths, string? against, ScoreRequest request, IProgress<RunStatus>? progress, Action<Notice> warn, CancellationToken stop)
    {
        var list = ClipList.Of(paths);
        var originals = against is null ? null : ClipList.Of([against]);
        foreach (var notice in list.Notices.Concat(originals?.Notices ?? [])) warn(notice);
        using var judges = JudgeSet.Open(request, isKept: list.Clips.Count > 1, stop);
        if (judges.Kinds.Count == 0 && originals is null)
        {
            throw new InputException(
                InputCode.NotGiven,
                "nothing can be scored: give weights of judges, as a folder with --judges, or --against for PSNR and SSIM",
                [.. judges.Notices.Select(notice => notice.Message)]);
        }

        foreach (var notice in judges.Notices) warn(notice);
        var (scored, failed) = Each(list.Clips, originals, judges, progress, warn, stop);
        var scores = new ScoreSummary(request, judges.Kinds, judges.Judges, judges.Device, scored, failed, originals is not null);
        if (scores.Sizes.Count > 1)
        {
            warn(new Notice(
                NoticeCode.Assumed, $"clips of several sizes ({string.Join(", ", scores.Sizes)}) are one set: scores depend on the size"));
        }

        return scores;
    }

    /// <summary>A clip that cannot be read is a line among the others; if it is the only one, there is nothing else to tell.</summary>
    private static (List<ClipScores> Scored, List<FailedClip> Failed) Each(
        IReadOnlyList<string> clips, ClipList? originals, JudgeSet judges, IProgress<RunStatus>? progress, Action<Notice> warn,
        CancellationToken stop)
    {
        var places = originals is null ? null : new OriginalClips(originals.Clips);
        var watcher = progress is null ? null : new Watcher(progress, clips.Count);
        var run = new ScoreRun(judges) { Progress = watcher, OnNotice = warn };
        var scored = new List<ClipScores>();
        var failed = new List<FailedClip>();
        foreach (string clip in clips)
        {
            try
            {
                scored.Add(run.Score(clip, places?.Of(clip), stop));
            }
            catch (InputException e) when (clips.Count > 1)
            {
                failed.Add(new FailedClip(clip, e.Code.Word(), e.Message));
            }

            if (watcher is not null) watcher.Done++;
        }

        if (scored.Exists(HasScore)) return (scored, failed);
        var reasons = scored.SelectMany(clip => clip.Faults).Select(fault => fault.Message).Concat(failed.Select(clip => clip.Message));
        string none = clips.Count == 1 ? $"{clips[0]} has got no score" : $"none of the {clips.Count} clips has got a score";
        throw new InputException(InputCode.OutOfRange, none, [.. reasons]);
    }

    private static bool HasScore(ClipScores clip) =>
        clip.Compared is not null || ScoreWords.All.Any(kind => clip.ValueOf(kind) is not null);

    /// <summary>The share of a clip as a share of all.</summary>
    private sealed class Watcher(IProgress<RunStatus> all, int count) : IProgress<RunStatus>
    {
        /// <summary>Clips so far.</summary>
        public int Done { get; set; }

        public void Report(RunStatus value) => all.Report(value with
        {
            What = count == 1 ? value.What : $"{Done + 1} of {count}: {value.What}",
            Share = (Done + value.Share) / count,
        });
    }
}
