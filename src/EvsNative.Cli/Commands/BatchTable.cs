using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Batch;

namespace EvsNative.Cli;

/// <summary>What became of the clips of a batch, for people as lines, for scripts as an object.</summary>
internal static class BatchTable
{
    /// <summary>Prints it.</summary>
    public static void Show(IReadOnlyList<BatchOutcome> outcomes, IReadOnlyList<Notice> warnings, bool json)
    {
        if (json)
        {
            ScriptOutput.Write(new
            {
                jobs = outcomes.Select(outcome => new
                {
                    outcome.Clip,
                    end = Word(outcome.End),
                    outcome.Output,
                    outcome.Wanted,
                    seconds = Math.Round(outcome.Seconds, 2),
                    outcome.Code,
                    outcome.Message,
                }),
                done = Count(outcomes, BatchEnd.Done),
                skipped = Count(outcomes, BatchEnd.Skipped),
                failed = Count(outcomes, BatchEnd.Failed),
                elsewhere = Count(outcomes, BatchEnd.Elsewhere),
                warnings = Faults.Words(warnings),
            });
            return;
        }

        var failed = outcomes.Where(outcome => outcome.End == BatchEnd.Failed).Select(outcome => $"  {Line(outcome)}");
        Screen.Show([
            $"{Count(outcomes, BatchEnd.Done)} done, {Count(outcomes, BatchEnd.Skipped)} there already, "
                + $"{Count(outcomes, BatchEnd.Failed)} failed, {Count(outcomes, BatchEnd.Elsewhere)} with other workers",
            .. failed,
        ]);
    }

    /// <summary>One clip in a line.</summary>
    public static string Line(BatchOutcome outcome) => outcome.End switch
    {
        BatchEnd.Done => $"{outcome.Clip}: done in {RunTable.Seconds(outcome.Seconds)} s: {outcome.Output}",
        BatchEnd.Skipped => $"{outcome.Clip}: {outcome.Output} is there already",
        BatchEnd.Elsewhere => $"{outcome.Clip}: another worker has it",
        _ => $"{outcome.Clip}: failed: {outcome.Message}",
    };

    /// <summary>"done", "skipped", "failed" or "elsewhere".</summary>
    public static string Word(BatchEnd end) => $"{end}".ToLowerInvariant();

    private static int Count(IEnumerable<BatchOutcome> outcomes, BatchEnd end) => outcomes.Count(outcome => outcome.End == end);
}
