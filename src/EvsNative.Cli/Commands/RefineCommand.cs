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
        var told = new NoticeLog(null);
        using var place = outputs.Prepare(notice =>
        {
            told.Add(notice);
            Faults.Say(notice.Message);
        });
        var written = RunProgress.Watch(json, (progress, say) =>
        {
            void Warn(Notice notice)
            {
                told.Add(notice);
                say(notice);
            }

            var result = new RefineRun(request)
            {
                Progress = progress,
                OnWarning = Warn,
                OnDevice = progress is null ? null : say,
                OnSize = (format, frames) => outputs.CheckSpace(format, frames, Warn),
            }.Do(stop);
            return RefineWriting.Write(result, outputs, Warn, stop);
        });

        Show(written with { Warnings = told.All }, json);
        // A script that goes on with the name it gave must not go on with what somebody else put there.
        return written.Written.SequenceEqual(outputs.All) ? 0 : Faults.UnusableInput;
    }

    /// <summary>The result is written: that the summary cannot be shown is no failure.</summary>
    private static void Show(RunSummary summary, bool json)
    {
        try
        {
            if (json) Console.Out.WriteLine(summary.ToJson());
            else RunTable.Print(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }), summary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            Faults.Say($"the summary could not be shown ({e.Message.TrimEnd('.')}); written: {string.Join(", ", summary.Written)}");
        }
    }
}
