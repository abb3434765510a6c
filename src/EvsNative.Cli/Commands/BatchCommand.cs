using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine --batch</c>: many clips, one model; what fails does not stop the rest.</summary>
internal static class BatchCommand
{
    /// <summary>Settings of the whole batch, which no clip has.</summary>
    private static readonly Setting[] OfAll = [BatchSettings.Batch, BatchSettings.Shard, BatchSettings.Gpus, OutputSettings.Json];

    /// <summary>Does it.</summary>
    /// <returns>the exit code: 0, or 1 if a clip failed</returns>
    public static int Run(UserLayers layers, NoticeLog told, CancellationToken stop)
    {
        void Say(Notice notice)
        {
            told.Add(notice);
            Faults.Say(notice.Message);
        }

        var said = layers.Said;
        if (said.Get(OutputSettings.Report) is not null)
        {
            throw new InputException(
                InputCode.Conflict, "--report would be one page for all clips: name it in the lines of the list, as \"report\"");
        }

        var shard = said.Get(BatchSettings.Shard, Shard.Scheduled(Environment.GetEnvironmentVariable) ?? Shard.Whole)!.Value;
        var list = BatchList.Read(said.Get(BatchSettings.Batch)!, said.Without(OfAll));
        foreach (var notice in list.Notices) Say(notice);
        MakeFolder(said.Get(OutputSettings.Output));
        bool json = said.Get(OutputSettings.Json) == true;
        var outcomes = said.Get(BatchSettings.Gpus) is { } gpus && !BatchWorkers.IsWorker
            ? BatchWorkers.Run(list, shard, gpus, stop)
            : Work(layers, list, shard, Say, stop);
        BatchTable.Show(outcomes, told.All, json);
        return outcomes.Any(outcome => outcome.End == BatchEnd.Failed) ? Faults.SomeFailed : 0;
    }

    private static IReadOnlyList<BatchOutcome> Work(
        UserLayers layers, BatchList list, Shard shard, Action<Notice> say, CancellationToken stop)
    {
        // A worker whose device does not work takes no clip from those whose devices do.
        if (BatchWorkers.IsWorker) DeviceRequest.Of(layers.Said).Open(out _).Dispose();
        using var session = new ModelSession();
        int ended = 0;
        return new BatchRun(list, job => Refine(layers, job, session, say, stop))
        {
            Shard = shard,
            Force = layers.Said.Get(OutputSettings.Force) == true,
            OnEnd = outcome =>
            {
                if (outcome.End == BatchEnd.Skipped && FinishedRun.Sweep(RunFolder.Beside(outcome.Output)) is { } finished) say(finished);
                Faults.Say($"clip {++ended}: {BatchTable.Line(outcome)}");
            },
        }.Do(stop);
    }

    private static string Refine(UserLayers layers, BatchJob job, ModelSession session, Action<Notice> say, CancellationToken stop)
    {
        var request = layers.Request(job.Choices);
        var outputs = RefineOutputs.Of(request);
        using var place = outputs.Prepare(say);
        return RunProgress.Watch(ProgressForms.Of(layers.Said), (progress, show) =>
        {
            void Warn(Notice notice) => show(notice);
            var run = new RefineRun(request)
            {
                Progress = progress,
                OnWarning = Warn,
                OnSize = (format, frames) => outputs.CheckSpace(format, frames, Warn),
                Session = session,
            };
            return RefineWriting.Write(run, outputs, RefineScores.Of(request, progress, Warn, stop), Warn, stop).Output.Path;
        });
    }

    /// <summary>The folder of all results: nobody means a file by it.</summary>
    private static void MakeFolder(string? path)
    {
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }
}
