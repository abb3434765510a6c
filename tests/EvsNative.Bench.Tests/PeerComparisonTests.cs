using EvsNative.Kernels;

namespace EvsNative.Bench.Tests;

/// <summary>A peer is timed only if it computes what we do, and the hardest of several counts.</summary>
public sealed class PeerComparisonTests
{
    private static readonly Dictionary<string, object> AnyRequest = new() { ["op"] = "any" };

    private static readonly Case Smallest = Assert.Single(Cases.Matching(["layer norm 256, 1280"]));

    [Fact]
    public void A_peer_answers_refuses_and_ends_by_the_protocol()
    {
        using var fake = new FakePeer("fake");
        Assert.Equal(("fake", "fake 1.0"), (fake.Peer.Name, fake.Peer.Description));
        var times = fake.Peer.Run(AnyRequest, 3);
        Assert.Equal([0.25, 0.5, 0.25], times.Seconds);
        Assert.Equal((2, "fake form"), (times.ProcessorSeconds, times.Variant));
        Assert.Equal("no operation warp", Refused("warp"));
        fake.Peer.Drop();
        if (OperatingSystem.IsLinux()) Assert.InRange(fake.Peer.PeakBytes, 1, 1L << 30);
        Assert.Contains("ended", Refused("quit"), StringComparison.Ordinal);

        string Refused(string op) =>
            Assert.Throws<PeerException>(() => fake.Peer.Run(new Dictionary<string, object> { ["op"] = op }, 1)).Message;
    }

    [Fact]
    public void A_peer_with_our_numbers_takes_its_turns()
    {
        float[] ours = Results();
        using var fake = new FakePeer("fake", ours);
        var turns = new PeerTurns(fake.Peer, Smallest, ours, _ => 2);
        turns.Take();
        turns.Take();
        var measured = turns.End();
        Assert.Equal((250.0, 1000.0), (measured.Milliseconds, measured.ProcessorMilliseconds));
        Assert.False(measured.Differs);
        Assert.Equal(("fake form", null), (measured.Variant, measured.Problem));
    }

    [Fact]
    public void A_peer_with_other_numbers_is_refused_and_the_command_fails()
    {
        float[] other = [.. Results().Select(value => value * 1.001f)];
        using var fake = new FakePeer("fake", other);
        var request = new CpuRequest(1, [], ["fake"], HasPeak: false, Rounds: 1, IsMarkdown: false);
        Assert.False(CpuBench.Print(request, [Smallest], [fake.Peer]));

        var turns = new PeerTurns(fake.Peer, Smallest, Results(), _ => 2);
        turns.Take();
        var measured = turns.End();
        Assert.True(measured.Differs);
        Assert.Null(measured.Milliseconds);
        Assert.Contains("differs", measured.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_with_fewer_numbers_is_refused_too()
    {
        using var fake = new FakePeer("fake", 1, 2, 3);
        var measured = new PeerTurns(fake.Peer, Smallest, Results(), _ => 2).End();
        Assert.Null(measured.Milliseconds);
        Assert.Contains("3 numbers", measured.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_dies_is_a_line_in_the_table()
    {
        float[] ours = Results();
        using var fake = new FakePeer("fake", ours);
        var turns = new PeerTurns(fake.Peer, Smallest, ours, _ => 2);
        turns.Take();
        Assert.Throws<PeerException>(() => fake.Peer.Run(new Dictionary<string, object> { ["op"] = "quit" }, 1));
        turns.Take();
        var measured = turns.End();
        Assert.Null(measured.Milliseconds);
        Assert.Contains("ended", measured.Problem, StringComparison.Ordinal);
        Assert.Contains("ended", new PeerTurns(fake.Peer, Smallest, ours, _ => 2).End().Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new float[] { 3, 4 }, new float[] { 3, 4 }, 0, true, true)]
    [InlineData(new float[] { 3, 4 }, new float[] { 3, 4.0025f }, 5e-4, false, true)]
    [InlineData(new float[] { 3, 4 }, new float[] { 3, 4.05f }, 1e-2, false, false)]
    [InlineData(new float[] { 3, 4 }, new float[] { 3, float.NaN }, double.PositiveInfinity, false, false)]
    [InlineData(new float[] { 3, float.NaN }, new float[] { 3, float.NaN }, double.PositiveInfinity, false, false)]
    public void Numbers_agree_within_what_rounding_allows(float[] ours, float[] theirs, double error, bool operation, bool network)
    {
        Assert.Equal(error, Agreement.Of(ours, theirs, isNetwork: false).Error, 1e-6);
        Assert.Equal(operation, Agreement.Of(ours, theirs, isNetwork: false).Holds);
        Assert.Equal(network, Agreement.Of(ours, theirs, isNetwork: true).Holds);
    }

    [Fact]
    public void The_hardest_peer_is_the_fastest_of_those_that_ran()
    {
        PeerMeasured[] peers =
        [
            new("slow", 30, 60, "a"), new("fast", 12, 40, "b"),
            new("wrong", null, null, "c", "differs", new Agreement(1, Agreement.OperationTolerance)),
        ];
        var line = new Measured(Smallest, 10, 20, 1, 1, 5, peers);
        Assert.Equal("fast", line.Hardest?.Peer);
        Assert.Equal(1.2, line.Ratio!.Value, 12);
        Assert.Null(new Measured(Smallest, 10, 20, 1, 1, 5, []).Ratio);
    }

    [Fact]
    public void Orders_of_numbers_are_exchanged_and_back()
    {
        var shape = new Shape(2, 2, 3, 4);
        float[] ours = [.. Enumerable.Range(0, (int)shape.Count).Select(i => (float)i)];
        float[] theirs = PeerOrder.OfPicture(ours, shape);
        // Channel 1 of the first pixel of the second image lies in the second plane of that image.
        Assert.Equal(ours[24 + 1], theirs[24 + 6]);
        Assert.Equal(ours, PeerOrder.ToPicture(theirs, shape));
        Assert.Equal([0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11], PeerOrder.Exchange([.. ours.Take(12)], 2, 3, 2));
    }

    private static float[] Results()
    {
        using var d = Device.Open(new DeviceOptions(Threads: 1));
        using var scope = d.Enter("test");
        var prepared = Smallest.PrepareBeside!(d);
        prepared.Run();
        return prepared.Results();
    }
}
