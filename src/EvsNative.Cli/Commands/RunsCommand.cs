using System.CommandLine;
using System.Globalization;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Work;

namespace EvsNative.Cli;

/// <summary><c>evsnative runs</c>: which runs were ended before they were done, and can be gone on with.</summary>
internal static class RunsCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "runs", About = "Lists unfinished runs: what they work at, their size, what was done last.";

    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => ".",
            Description = "where to look, two folders deep; default: the current folder",
        };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output" };
        var command = new Command(Name, About) { folder, json };
        command.SetAction(said => Run(said.GetValue(folder)!, said.GetValue(json)));
        return command;
    }

    private static int Run(string folder, bool json)
    {
        if (!Directory.Exists(folder)) throw StorageFault.Missing(folder);
        var all = RunFolder.In(folder).ToArray();
        // Of a run that was killed when its result was there nothing can be gone on with.
        Notice[] swept = [.. all.Select(FinishedRun.Sweep).OfType<Notice>()];
        foreach (var notice in swept) Faults.Say(notice.Message);
        var found = all.Where(run => run.IsThere && !FinishedRun.Is(run)).Select(UnfinishedRun.Of).ToArray();
        if (json) ScriptOutput.Write(new { runs = found, warnings = Faults.Words(swept) });
        else if (found.Length == 0) Screen.Show($"no unfinished run in {folder}");
        else Screen.Show(found.SelectMany(Lines));
        return 0;
    }

    private static IEnumerable<string> Lines(UnfinishedRun run)
    {
        yield return run.Folder;
        yield return $"  clip {run.Clip ?? "unknown"}, {run.Units} results, {RunTable.Bytes(run.Bytes)}, "
            + $"last at {run.Changed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}";
        yield return "  the command that began it goes on with it; --restart starts anew; delete the folder to give it up";
    }

    /// <summary>What is told of a run.</summary>
    private sealed record UnfinishedRun(string Folder, string? Clip, int Units, long Bytes, DateTime Changed)
    {
        public static UnfinishedRun Of(RunFolder run)
        {
            string? clip = null;
            try
            {
                clip = run.Recipe()?.Parts.GetValueOrDefault("clip");
            }
            catch (InputException)
            {
                // A recipe of another version: the folder is listed all the same.
            }

            return new UnfinishedRun(run.Path, clip, run.UnitCount, run.Bytes, run.Changed);
        }
    }
}
