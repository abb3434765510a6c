using System.CommandLine;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine</c>: a weak clip in, a sharp and steady one out.</summary>
internal static class RefineCommand
{
    public static Command Create(CancellationToken stop)
    {
        var command = new Command("refine", "Refines a clip: a weak one in, a sharp and steady one out.");
        var options = new SettingOptions(command, SettingTable.All.Except(PlanSettings.Group.Rows));
        command.SetAction(said =>
        {
            var request = new RefineRequest(options.Read(said));
            return Run(request, RefineOutputs.Of(request), request.Choices.Get(OutputSettings.Json) == true, stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, RefineOutputs outputs, bool json, CancellationToken stop)
    {
        var swept = new List<Notice>();
        using var place = outputs.Prepare(swept.Add);
        var summary = RunProgress.Watch(json, (progress, say) =>
        {
            swept.ForEach(say);
            var late = new List<Notice>();
            void Warn(Notice notice)
            {
                late.Add(notice);
                say(notice);
            }

            var result = new RefineRun(request)
            {
                Progress = progress,
                OnWarning = say,
                OnDevice = progress is null ? null : say,
                OnSize = (format, frames) => outputs.CheckSpace(format, frames, Warn),
            }.Do(stop);
            var written = RefineWriting.Write(result, outputs, say, stop);
            return written with { Warnings = [.. swept, .. late, .. written.Warnings] };
        });

        Print(summary, json);
        // A script that goes on with the name it gave must not go on with what somebody else put there.
        return summary.Written.SequenceEqual(outputs.All) ? 0 : Faults.UnusableInput;
    }

    private static void Print(RunSummary summary, bool json)
    {
        if (json) Console.Out.WriteLine(summary.ToJson());
        else RunTable.Print(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }), summary);
    }
}
