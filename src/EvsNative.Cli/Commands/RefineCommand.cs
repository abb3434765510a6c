using System.CommandLine;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine</c>: a weak clip in, a sharp and steady one out.</summary>
internal static class RefineCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "refine", About = "Refines a clip: a weak one in, a sharp and steady one out.";

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var command = new Command(Name, About);
        var options = new SettingOptions(command, SettingTable.Refined);
        command.SetAction(said =>
        {
            var layers = new UserLayers(options.Read(said), told);
            if (layers.Said.Get(BatchSettings.Batch) is not null) return BatchCommand.Run(layers, told, stop);
            var request = layers.Request();
            return Run(request, RefineOutputs.Of(request), request.Choices.Get(OutputSettings.Json) == true, told, stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, RefineOutputs outputs, bool json, NoticeLog told, CancellationToken stop)
    {
        using var place = outputs.Prepare(notice =>
        {
            told.Add(notice);
            Faults.Say(notice.Message);
        });
        var written = RunProgress.Watch(ProgressForms.Of(request.Choices), (progress, say) =>
        {
            void Warn(Notice notice)
            {
                told.Add(notice);
                say(notice);
            }

            var run = new RefineRun(request)
            {
                Progress = progress,
                OnWarning = Warn,
                OnDevice = progress is null ? null : say,
                OnSize = (format, frames) => outputs.CheckSpace(format, frames, Warn),
            };
            return RefineWriting.Write(run, outputs, RefineScores.Of(request, progress, Warn, stop), Warn, stop);
        });

        var summary = written with { Warnings = told.All };
        string? lost = Screen.Try(() =>
        {
            if (json) Screen.ShowJson(summary.ToJson());
            else Screen.Draw(console => RunTable.Print(console, summary));
        });
        // The result is written: that the summary cannot be shown is no failure.
        if (lost is not null) Faults.Say($"the summary could not be shown ({lost}); written: {string.Join(", ", summary.Written)}");
        // A script that goes on with the name it gave must not go on with what somebody else put there.
        return summary.Written.SequenceEqual(outputs.All) ? 0 : Faults.UnusableInput;
    }
}
