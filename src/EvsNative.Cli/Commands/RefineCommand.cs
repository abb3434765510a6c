using System.CommandLine;
using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Pipelines.Runs;
using EvsNative.Layers;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine</c>: a weak clip in, a sharp and steady one out.</summary>
internal static class RefineCommand
{
    public static Command Create(CancellationToken stop)
    {
        var options = new RefineOptions();
        var output = new Option<string?>("--output", "-o") { Description = "an .mp4 file or a folder of PNG frames; beside the clip unless given" };
        var report = new Option<string?>("--report") { Description = "an HTML page that shows the clip before and after" };
        var force = new Option<bool>("--force") { Description = "replace what is already there" };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output, no progress bar" };
        var command = new Command("refine", "Refines a clip.") { output, report, force, json };
        options.AddTo(command);
        command.SetAction(said =>
        {
            var request = options.Read(said);
            var outputs = RefineOutputs.Of(request, said.GetValue(output), said.GetValue(report), said.GetValue(force));
            return Run(request, outputs, said.GetValue(json), stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, RefineOutputs outputs, bool json, CancellationToken stop)
    {
        using var place = outputs.Prepare();
        var result = RunProgress.Watch(json, (progress, say) =>
            new RefineRun(request) { Progress = progress, OnWarning = say, OnDevice = progress is null ? null : say }
                .Do(stop)
                .Write(outputs.Clip, outputs.Force, stop));
        var summary = result.Summary with { Written = outputs.All };

        if (outputs.Page is { } page) ComparePage.Write(page, result.Before, result.After, summary, outputs.Force);
        if (outputs.Numbers is { } numbers) PendingFile.WriteAll(numbers, Encoding.UTF8.GetBytes(summary.ToJson()), outputs.Force);

        if (json) Console.Out.WriteLine(summary.ToJson());
        else RunTable.Print(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }), summary);
        return 0;
    }
}
