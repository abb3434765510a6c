using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Tests.Work;

/// <summary>Claims bind as long as their worker lives.</summary>
public sealed class SharedClaimsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_of_many_who_ask_at_once_gets_a_claim()
    {
        var workers = Enumerable.Range(0, 8).Select(_ => Join()).ToArray();
        for (int round = 0; round < 20; round++)
        {
            string unit = $"unit-{round}";
            Assert.Single(workers.AsParallel().WithDegreeOfParallelism(workers.Length).Select(w => w.TryTake(unit)), taken => taken);
        }

        foreach (var worker in workers) worker.Dispose();
        Assert.Empty(Directory.EnumerateFiles(_folder["claims"]));
        Assert.Empty(Directory.EnumerateFiles(_folder["workers"]));
    }

    [Fact]
    public void Who_has_a_claim_may_ask_again_and_give_it_back()
    {
        using SharedClaims one = Join(), other = Join();
        Assert.True(one.TryTake("a") && one.TryTake("a"));
        Assert.False(other.TryTake("a"));
        other.Release("a");
        Assert.False(other.TryTake("a"));
        one.Release("a");
        Assert.True(other.TryTake("a"));
    }

    [Fact]
    public void The_claims_of_a_worker_that_stands_still_are_taken_over_by_one()
    {
        string dead = "machine-1-dead";
        using SharedClaims one = Join(), other = Join();
        File.WriteAllText(Path.Combine(_folder["workers"], dead), "17");
        File.WriteAllText(Path.Combine(_folder["claims"], "a"), dead);
        Assert.False(one.TryTake("a"));
        Assert.False(other.TryTake("a"));
        Assert.True(one.HasOthers);
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        bool[] taken = [false, false];
        while (!taken.Contains(true) && DateTime.UtcNow < end)
        {
            Thread.Sleep(100);
            taken = [.. new[] { one, other }.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(w => w.TryTake("a"))];
        }

        Assert.Single(taken, true);
    }

    [Fact]
    public void A_worker_that_lives_keeps_its_claims()
    {
        using SharedClaims one = Join(), other = Join();
        Assert.True(one.TryTake("a"));
        for (int i = 0; i < 8; i++)
        {
            Thread.Sleep(500);
            Assert.False(other.TryTake("a"));
        }
    }

    [Fact]
    public void What_a_worker_left_that_ended_in_good_order_is_free()
    {
        using var one = Join();
        File.WriteAllText(Path.Combine(_folder["claims"], "a"), "somebody who is not there any more");
        Assert.True(one.TryTake("a"));
    }

    // Longer than a beat, which comes every second.
    private SharedClaims Join() => new(_folder["claims"], _folder["workers"], TimeSpan.FromSeconds(2.5));
}
