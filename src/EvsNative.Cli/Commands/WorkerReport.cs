using System.Text;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>What one of several workers printed at its end: what became of its clips, or why it did nothing.</summary>
/// <param name="Outcomes">of the clips that it had to do with</param>
/// <param name="Code">of the error that ended it before it began, as in the errors of <c>--json</c>; null where there was none</param>
/// <param name="Message">of that error</param>
internal sealed record WorkerReport(IReadOnlyList<BatchOutcome> Outcomes, string? Code = null, string? Message = null)
{
    /// <summary>What says most of a clip comes first.</summary>
    private static readonly BatchEnd[] Order = [BatchEnd.Done, BatchEnd.Failed, BatchEnd.Skipped, BatchEnd.Elsewhere];

    /// <summary>Understands what a worker printed with <c>--json</c>.</summary>
    /// <param name="output">all of it; nothing where it was killed</param>
    public static WorkerReport Read(string output)
    {
        try
        {
            var json = JsonText.Parse(Encoding.UTF8.GetBytes(output), "a worker");
            if (json.TryGetProperty("jobs", out var jobs)) return new WorkerReport([.. jobs.EnumerateArray().Select(Outcome)]);
            return json.TryGetProperty("error", out var error)
                ? new WorkerReport([], error.GetProperty("code").GetString(), error.GetProperty("message").GetString())
                : new WorkerReport([]);
        }
        catch (InputException)
        {
            // It was killed: its clips are told by the others, or as missing.
            return new WorkerReport([]);
        }
    }

    /// <summary>
    /// For each clip the outcome that says most. A clip is known by the place that was wanted for its result, which no other has: one clip
    /// may stand in several lines.
    /// </summary>
    /// <param name="list">the clips</param>
    /// <param name="shard">the part of them that these workers were to do; of the rest only what they did is told</param>
    /// <param name="reports">of all workers</param>
    public static IReadOnlyList<BatchOutcome> Merge(BatchList list, Shard shard, IReadOnlyList<WorkerReport> reports)
    {
        var told = reports.SelectMany(report => report.Outcomes).ToLookup(outcome => outcome.Wanted);
        var fault = reports.FirstOrDefault(report => report.Message is not null);
        return
        [
            .. list.Jobs.Where(job => shard.Has(job.Place) || told.Contains(job.Output)).Select(job =>
                told[job.Output].MinBy(outcome => Array.IndexOf(Order, outcome.End))
                    ?? new BatchOutcome(
                        job.Name, BatchEnd.Failed, job.Output, 0, fault?.Code ?? "stopped",
                        fault?.Message ?? "its worker was killed: start the batch again")),
        ];
    }

    private static BatchOutcome Outcome(JsonElement job) => new(
        job.GetProperty("clip").GetString()!,
        Enum.Parse<BatchEnd>(job.GetProperty("end").GetString()!, ignoreCase: true),
        job.GetProperty("output").GetString()!,
        job.GetProperty("seconds").GetDouble(),
        job.GetProperty("code").GetString(),
        job.GetProperty("message").GetString())
    {
        Wanted = job.GetProperty("wanted").GetString()!,
    };
}
