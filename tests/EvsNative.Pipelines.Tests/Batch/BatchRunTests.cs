using System.Collections.Concurrent;
using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Batch;

/// <summary>Workers share a list: each clip is done once, failures stay alone, the dead are taken over from.</summary>
public sealed class BatchRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentBag<string> _done = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_failure_stays_alone_and_a_second_start_does_only_what_is_missing()
    {
        var list = List(4);
        var first = Run(list, job => job.Place == 2 ? throw new InputException(InputCode.Damaged, "it is broken") : Make(job));
        Assert.Equal([BatchEnd.Done, BatchEnd.Done, BatchEnd.Failed, BatchEnd.Done], first.Select(outcome => outcome.End));
        Assert.Equal(("damaged", "it is broken"), (first[2].Code, first[2].Message));
        var second = Run(list, Make);
        Assert.Equal([BatchEnd.Skipped, BatchEnd.Skipped, BatchEnd.Done, BatchEnd.Skipped], second.Select(outcome => outcome.End));
        Assert.Equal(4, _done.Count);
        Assert.DoesNotContain(".evs-batch", _folder.Names());
    }

    [Fact]
    public void Workers_with_one_list_do_each_clip_once()
    {
        var list = List(12);
        var all = Enumerable.Range(0, 3).AsParallel().WithDegreeOfParallelism(3).Select(_ => Run(list, job =>
        {
            Thread.Sleep(20);
            return Make(job);
        })).ToArray();
        Assert.Equal(list.Jobs.Select(job => job.Name).Order(), _done.Order());
        Assert.Equal(12, all.Sum(outcomes => outcomes.Count(outcome => outcome.End == BatchEnd.Done)));
    }

    [Fact]
    public void Shards_do_their_own_parts()
    {
        var list = List(7);
        var outcomes = Run(list, Make, new Shard(1, 3));
        Assert.Equal([list.Jobs[1].Name, list.Jobs[4].Name], outcomes.Select(outcome => outcome.Clip));
        Assert.Equal(outcomes.Select(outcome => outcome.Clip).Order(), _done.Order());
    }

    [Fact]
    public void The_part_of_a_worker_that_is_gone_is_taken_over()
    {
        var list = List(6);
        using (var dead = new BatchClaims(Patience)) Assert.True(dead.TryTake(list.Jobs[1].Output));
        string claims = _folder[".evs-batch/claims"], workers = _folder[".evs-batch/workers"];
        Directory.CreateDirectory(claims);
        Directory.CreateDirectory(workers);
        using (var dead = new BatchClaims(Patience))
        {
            dead.TryTake(list.Jobs[1].Output);
            string claim = Assert.Single(Directory.EnumerateFiles(claims)), owner = File.ReadAllText(claim);
            File.Copy(claim, _folder["claim"]);
            File.Copy(Path.Combine(workers, owner), _folder["worker"]);
            dead.Dispose();
            Directory.CreateDirectory(claims);
            Directory.CreateDirectory(workers);
            File.Move(_folder["claim"], claim);
            File.Move(_folder["worker"], Path.Combine(workers, owner));
        }

        var outcomes = Run(list, Make, new Shard(0, 2));
        // Clip 1 was the dead worker's, 3 and 5 are the rest of its part.
        Assert.Equal(list.Jobs.Select(job => job.Name), outcomes.Select(outcome => outcome.Clip));
        Assert.All(outcomes, outcome => Assert.Equal(BatchEnd.Done, outcome.End));
    }

    [Fact]
    public void What_a_living_worker_has_is_left_to_it()
    {
        var list = List(2);
        using var living = new BatchClaims(Patience);
        Assert.True(living.TryTake(list.Jobs[0].Output));
        var outcomes = Run(list, Make);
        Assert.Equal([BatchEnd.Elsewhere, BatchEnd.Done], outcomes.Select(outcome => outcome.End));
    }

    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8", "3/8", 0)]
    [InlineData("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4", "3/4", 0)]
    [InlineData("JOB_COMPLETION_INDEX=1 JOB_COMPLETIONS=4", "1/4", 0)]
    [InlineData("", "", 0)]
    [InlineData("JOB_COMPLETION_INDEX=1", "JOB_COMPLETIONS is not set", 1)]
    [InlineData("JOB_COMPLETION_INDEX=4 JOB_COMPLETIONS=4", "place 4 of 4", 1)]
    [InlineData("SLURM_ARRAY_TASK_ID=x", "SLURM_ARRAY_TASK_ID", 1)]
    public void Schedulers_name_the_shard(string environment, string wanted, int faults)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('='))
            .ToDictionary(word => word[0], word => word[1]);
        if (faults > 0)
        {
            var error = Assert.Throws<InputException>(() => Shard.Scheduled(variables.GetValueOrDefault));
            Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(wanted, $"{Shard.Scheduled(name => variables.GetValueOrDefault(name))}");
    }

    private BatchList List(int count)
    {
        string lines = string.Join('\n', Enumerable.Range(0, count).Select(i => $$"""{ "clip": "c{{i}}.mp4" }"""));
        File.WriteAllText(_folder["jobs.jsonl"], lines);
        return BatchList.Read(_folder["jobs.jsonl"], new Choices().With(OutputSettings.Output, _folder.Path));
    }

    private string Make(BatchJob job)
    {
        _done.Add(job.Name);
        File.WriteAllText(job.Output, job.Name);
        return job.Output;
    }

    private static IReadOnlyList<BatchOutcome> Run(BatchList list, Func<BatchJob, string> refine, Shard? shard = null) =>
        new BatchRun(list, refine) { Shard = shard ?? Shard.Whole, Patience = Patience }.Do(TestContext.Current.CancellationToken);
}
