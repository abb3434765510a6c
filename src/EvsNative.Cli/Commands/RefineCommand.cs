using System.CommandLine;
using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine</c>: a weak clip in, a sharp and steady one out.</summary>
internal static class RefineCommand
{
    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var command = new Command("refine", "Refines a clip: a weak one in, a sharp and steady one out.");
        var options = new SettingOptions(command, SettingTable.All.Except(PlanSettings.Group.Rows));
        command.SetAction(said =>
        {
            var request = new RefineRequest(options.Read(said));
            return Run(request, RefineOutputs.Of(request), request.Choices.Get(OutputSettings.Json) == true, told, stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, RefineOutputs outputs, bool json, NoticeLog told, CancellationToken stop)
    {
        using var place = outputs.Prepare();
        var result = RunProgress.Watch(json, (progress, say) =>
            new RefineRun(request)
            {
                Progress = progress,
                OnWarning = notice =>
                {
                    told.Add(notice);
                    say(notice);
                },
                OnDevice = progress is null ? null : say,
            }.Do(stop).Write(outputs.Clip, outputs.Force, stop));
        var summary = result.Summary with { Written = outputs.All };

        if (outputs.Page is { } page) ComparePage.Write(page, result.Before, result.After, summary, outputs.Force);
        if (outputs.Numbers is { } numbers) PendingFile.WriteAll(numbers, Encoding.UTF8.GetBytes(summary.ToJson()), outputs.Force);

        string? lost = Screen.Try(() =>
        {
            if (json) Screen.ShowJson(summary.ToJson());
            else Screen.Draw(console => RunTable.Print(console, summary));
        });
        if (lost is not null) Faults.Say($"the summary could not be shown ({lost}); the clip is {outputs.Clip}");
        return 0;
    }
}
