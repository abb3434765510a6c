using System.CommandLine;
using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>evsnative compare</c>: clips under many settings, with the paper's tables and curves.</summary>
internal static class CompareCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "compare", About = "Compares settings on clips: the paper's tables and curves, repeated and extended.";

    private const string UsualFolder = "evsnative-compare", CellsName = "cells";

    /// <summary>What holds for all cells: what a run depends on, and how it is told; where results lie is the comparison's.</summary>
    private static readonly Setting[] Settings =
    [
        .. new[]
        {
            ClipSettings.Group, PresetSettings.Group, ModelSettings.Group, MethodSettings.Group, PictureSettings.Group,
            DeviceSettings.Group, ScoreSettings.Group,
        }.SelectMany(group => group.Rows).Except([ClipSettings.Clip, PresetSettings.Recipe]),
        OutputSettings.Force, OutputSettings.Json, WatchSettings.Progress,
    ];

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var clips = new Argument<string[]>("clip")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "videos, folders of frames, folders of clips, lists as --batch takes them (.jsonl)",
        };
        var output = new Option<string>("--output", "-o", "--out")
        {
            Description = $"the folder of all results; what is there is not made again; default: {UsualFolder}",
            DefaultValueFactory = _ => UsualFolder,
        };
        var modes = new Option<string?>("--modes")
        {
            Description = "compositions with commas between, as --mode has them, or all; default: all where nothing is swept",
        };
        var sweeps = new Option<string[]>("--sweep")
        {
            Description = "a setting with its values, others held behind @, such as gamma=0,0.5,1@sfi=full; may be given several times",
        };
        var names = new Option<bool>("--prompts-from-names")
        {
            Description = "the name of a clip says what it shows, as VBench's do: 'a red fox-0.mp4'",
        };
        var set = new Option<string?>("--data-set")
        {
            Description = "the clips are the paper's: vc2 or ad2; its numbers then stand beside these",
        };
        var command = new Command(Name, About) { clips, output, modes, sweeps, names, set };
        var options = new SettingOptions(command, Settings);
        command.SetAction(said =>
        {
            var layers = new UserLayers(options.Read(said), told);
            var request = CompareRequest.Of(
                said.GetValue(output)!, said.GetValue(clips) ?? [], layers.Said.Without(OfAll), said.GetValue(modes),
                said.GetValue(sweeps) ?? [], said.GetValue(names)) with
            {
                Open = layers.Request,
                Set = Set(said.GetValue(set)),
                Force = layers.Said.Get(OutputSettings.Force) == true,
            };
            return Run(request, layers, told, stop);
        });
        return command;
    }

    /// <summary>Settings of the whole comparison, which no cell has.</summary>
    private static IEnumerable<Setting> OfAll =>
        [OutputSettings.Force, OutputSettings.Json, WatchSettings.Progress, .. ScoreSettings.Group.Rows];

    private static int Run(CompareRequest request, UserLayers layers, NoticeLog told, CancellationToken stop)
    {
        Prepare(request);
        using var judge = new CompareJudge(ScoreRequest.Of(layers.All));
        bool json = layers.Said.Get(OutputSettings.Json) == true;
        var form = ProgressForms.Of(layers.Said);
        void Warn(Notice notice, Action<object> say)
        {
            // What is said of a model is said by each of its runs.
            if (told.All.Any(earlier => earlier == notice)) return;
            told.Add(notice);
            say(notice);
        }

        // A wrong file is not found out after hours of refining.
        foreach (var notice in judge.LeftOut) Warn(notice, line => Faults.Say($"{line}"));
        var run = new CompareRun(request with { Definitions = judge.Definitions })
        {
            Judge = !judge.IsThere ? null : (clip, choice, token) => RunProgress.Watch(form, (progress, say) =>
                judge.Score(clip, choice, progress, notice => Warn(notice, say), token)),
            Judges = judge.IsThere ? judge.Key(stop) : "",
            Refine = (cell, place, session, token) => RunProgress.Watch(form, (progress, say) =>
                new RefineRun(cell) { Progress = progress, OnWarning = notice => Warn(notice, say), Session = session }
                    .Write(place, request.Force, token)),
            OnCell = Faults.Say,
        };
        var result = Do(run, request, stop);
        string[] written = [.. Write(result)];
        if (json) ScriptOutput.Write(Facts(result, written, told));
        else Screen.Show([.. CompareMarkdown.Of(result).TrimEnd().Split('\n'), "", .. written.Select(path => $"written: {path}")]);
        return result.Failed.Any() ? Faults.SomeFailed : 0;
    }

    private static CompareResult Do(CompareRun run, CompareRequest request, CancellationToken stop)
    {
        try
        {
            return run.Do(stop);
        }
        catch (OperationCanceledException e) when (e is not RunStoppedException && Directory.Exists(request.Folder))
        {
            throw new RunStoppedException(request.Folder);
        }
    }

    private static IEnumerable<string> Write(CompareResult result)
    {
        (string Name, Action<Stream> Write)[] files =
        [
            ("table.md", to => to.Write(Encoding.UTF8.GetBytes(CompareMarkdown.Of(result)))),
            ("table.csv", to => to.Write(Encoding.UTF8.GetBytes(CompareCsv.Of(result)))),
            ("index.html", to => SweepPage.Write(to, result)),
        ];
        foreach (var (name, write) in files)
        {
            using var file = new PendingFile(Path.Combine(result.Request.Folder, name), force: true);
            file.Fill(write);
            yield return file.Commit();
        }
    }

    private static object Facts(CompareResult result, string[] written, NoticeLog told) => new
    {
        clips = result.WholeClips,
        tables = CompareTable.Of(result).Select(table => new
        {
            name = table.Heading,
            rows = table.Rows.Select(row => new
            {
                row.Name,
                row.IsPublished,
                numbers = CompareColumn.All.Where(column => column.Value(row) is not null)
                    .ToDictionary(column => column.Key, column => column.Value(row)),
            }),
        }),
        failed = result.Failed.Select(cell => new { cell.Clip, setting = cell.Variant?.Name ?? "input", message = cell.Fault }),
        elsewhere = result.Elsewhere,
        written,
        warnings = Faults.Words(told.All),
    };

    private static PaperSet? Set(string? word) => word switch
    {
        null => null,
        "vc2" => PaperSet.VideoCrafter2,
        "ad2" => PaperSet.AnimateDiff2,
        _ => throw new InputException(InputCode.UnknownWord, $"--data-set {InputText.Name(word)}: vc2 or ad2"),
    };

    /// <summary>A folder that holds other things is nobody's comparison, and no clip or model lies in one.</summary>
    private static void Prepare(CompareRequest request)
    {
        string folder = request.Folder;
        if (string.IsNullOrWhiteSpace(folder))
            throw new InputException(InputCode.NotGiven, "the name of the folder is empty: give --output a name or leave it out");
        if (File.Exists(folder))
            throw new InputException(InputCode.WrongKind, $"{folder} is a file: give --output the name of a folder");
        bool isOthers = Directory.Exists(folder) && !Directory.Exists(Path.Combine(folder, CellsName))
            && Directory.EnumerateFileSystemEntries(folder).Any();
        if (isOthers)
            throw new InputException(InputCode.Exists, $"{folder} holds something else than a comparison: give --output another name");
        var read = request.Clips.SelectMany(clip => new[]
        {
            clip.Choices.Get(ClipSettings.Clip), clip.Choices.Get(ModelSettings.Model), clip.Choices.Get(ModelSettings.Motion),
        });
        OutputConflicts.Check(read.OfType<string>().Distinct(), folder);
    }
}
