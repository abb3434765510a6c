using EvsNative.Kernels;

namespace EvsNative.Bench.Tests;

/// <summary>
/// PyTorch as a peer does what it is asked, computes what we do, and sleeps while it waits. Skipped where there is no PyTorch.
/// </summary>
public sealed class PeerTests
{
    private const int Repeats = 3;

    private static readonly Dictionary<string, object> Convolution =
        new() { ["op"] = "conv", ["n"] = 1, ["h"] = 8, ["w"] = 8, ["in"] = 16, ["out"] = 16 };

    [Fact]
    public void Requests_are_timed_refused_forgotten_and_waited_for_asleep()
    {
        using var peer = Start();
        Assert.Contains("PyTorch", peer.Description, StringComparison.Ordinal);

        var times = peer.Run(Convolution, Repeats);
        Assert.Equal(Repeats, times.Seconds.Length);
        Assert.All(times.Seconds, seconds => Assert.InRange(seconds, 1e-9, 10));
        Assert.NotEmpty(times.Variant);

        Assert.Contains("fly", Assert.Throws<PeerException>(() => peer.Run(new Dictionary<string, object> { ["op"] = "fly" }, 1)).Message,
            StringComparison.Ordinal);
        peer.Drop();
        Assert.Single(peer.Run(Convolution, 1, variant: "plain").Seconds);

        Thread.Sleep(100);
        var before = peer.ProcessorTime;
        Thread.Sleep(500);
        Assert.InRange((peer.ProcessorTime - before).TotalMilliseconds, 0, 50);
    }

    [Fact]
    public void Every_kind_of_request_of_the_table_gives_our_numbers()
    {
        using var peer = Start();
        Case[] smallest = [.. Cases.Matching([]).Where(shape => !shape.IsNetwork).GroupBy(Form).Select(form => form.MinBy(Work)!)];
        Assert.True(smallest.Length > 10);
        Assert.All(smallest, shape =>
        {
            using var d = Device.Open(new DeviceOptions(Threads: 1));
            using var scope = d.Enter(shape.Name);
            var prepared = shape.PrepareBeside!(d);
            prepared.Run();
            var turns = new PeerTurns(peer, shape, prepared.Results(), _ => 1);
            turns.Take();
            Assert.Null(turns.End().Problem);
        });
    }

    /// <summary>Which words a request has, and those that are no numbers.</summary>
    private static string Form(Case shape) =>
        string.Join(' ', shape.Request.Select(pair => pair.Value is int ? pair.Key : $"{pair.Key}={pair.Value}"));

    private static double Work(Case shape) => Roof.Count(shape).Sum(operation => operation.Flops + operation.Bytes);

    private static Peer Start()
    {
        if (Python.FindWithTorch() is not null) return Peer.Start("torch", PeerPrograms.Find("torch", threads: 1));
        Assert.Skip(Python.Missing);
        return null;
    }
}
