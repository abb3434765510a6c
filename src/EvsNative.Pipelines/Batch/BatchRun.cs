using System.Diagnostics;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Batch;

/// <summary>
/// Works through a list of clips as one of perhaps many workers. A clip that fails does not stop the others. Results that are there are not
/// made again, and a clip that another worker has is left to it. When its own part is done, a worker takes over what workers left that are
/// gone; it does not wait for those that live.
/// </summary>
/// <param name="list">the clips</param>
/// <param name="refine">refines one; told the clip, gives the place of the result</param>
public sealed class BatchRun(BatchList list, Func<BatchJob, string> refine)
{
    /// <summary>Looks come every second.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    /// <summary>This worker's part.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Whether results that are there are made again.</summary>
    public bool Force { get; init; }

    /// <summary>Told of each clip that has ended.</summary>
    public Action<BatchOutcome>? OnEnd { get; init; }

    /// <summary>How long another worker may be still before its clips are taken over.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Does it.</summary>
    /// <param name="stop">stops after nothing more than the running operation</param>
    /// <returns>what became of each clip of this worker's part, and of those that it took over, in the order of the list</returns>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public IReadOnlyList<BatchOutcome> Do(CancellationToken stop = default)
    {
        using var claims = new BatchClaims(Patience);
        var ended = new SortedDictionary<int, BatchOutcome>();
        foreach (var job in list.Jobs.Where(job => Shard.Has(job.Place))) Note(job, Try(job, claims, stop));
        TakeOver(claims, Note, job => ended.GetValueOrDefault(job.Place), stop);
        return [.. ended.Values];

        void Note(BatchJob job, BatchOutcome outcome)
        {
            bool isNews = !ended.TryGetValue(job.Place, out var before) || before.End != outcome.End;
            ended[job.Place] = outcome;
            if (isNews) OnEnd?.Invoke(outcome);
        }
    }

    /// <summary>
    /// Looks at what others have, as long as it takes to see who is gone. Of other shards only what somebody began is looked at, since the
    /// rest may have a worker that has not started yet; of a worker that is gone all of its part is done.
    /// </summary>
    private void TakeOver(
        BatchClaims claims, Action<BatchJob, BatchOutcome> note, Func<BatchJob, BatchOutcome?> known, CancellationToken stop)
    {
        var watched = Stopwatch.StartNew();
        var orphans = new HashSet<int>();
        while (true)
        {
            var open = list.Jobs.Where(IsOpen).ToArray();
            if (open.Length == 0) return;
            foreach (var job in open)
            {
                var outcome = Try(job, claims, stop);
                if (outcome.End == BatchEnd.Elsewhere) continue;
                note(job, outcome);
                orphans.Add(job.Place % Shard.Count);
                watched.Restart();
            }

            if (watched.Elapsed > Patience + Margin) return;
            Work.SharedClaims.Pause(stop);
        }

        bool IsOpen(BatchJob job) => known(job)?.End is null or BatchEnd.Elsewhere
            && !IsThere(job)
            && (BatchClaims.IsTaken(job.Output) || orphans.Contains(job.Place % Shard.Count));
    }

    private BatchOutcome Try(BatchJob job, BatchClaims claims, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        BatchOutcome End(BatchEnd end, string? code = null, string? message = null, string? place = null) =>
            new(job.Name, end, place ?? job.Output, clock.Elapsed.TotalSeconds, code, message)
            {
                Wanted = job.Output,
            };
        try
        {
            if (IsThere(job)) return End(BatchEnd.Skipped);
            if (!claims.TryTake(job.Output)) return End(BatchEnd.Elsewhere);
            try
            {
                // Somebody may have finished it between the two looks.
                return IsThere(job) ? End(BatchEnd.Skipped) : End(BatchEnd.Done, place: refine(job));
            }
            finally
            {
                claims.Release(job.Output);
            }
        }
        catch (InputException e)
        {
            return End(BatchEnd.Failed, InputCodes.Word(e.Code), e.Message);
        }
        catch (DeviceException e)
        {
            return End(BatchEnd.Failed, "device", e.Message);
        }
        catch (OutOfMemoryException e)
        {
            return End(BatchEnd.Failed, "memory", InputText.OneLine(e.Message));
        }
    }

    private bool IsThere(BatchJob job) => !Force && (File.Exists(job.Output) || HasContent(job.Output));

    private static bool HasContent(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
}
