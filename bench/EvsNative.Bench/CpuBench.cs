using System.Diagnostics;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>What <c>cpu</c> was asked for.</summary>
/// <param name="Threads">of all</param>
/// <param name="Only">words of the lines wanted; none for all</param>
/// <param name="Peers">names of those to be timed beside</param>
/// <param name="HasPeak">measure the memory of networks too, each program in a process of its own</param>
/// <param name="Rounds">how often ours and the peers take turns</param>
/// <param name="IsMarkdown">print for a page</param>
internal sealed record CpuRequest(
    int Threads, IReadOnlyCollection<string> Only, IReadOnlyCollection<string> Peers, bool HasPeak, int Rounds, bool IsMarkdown);

/// <summary>
/// The CPU backend on the shapes of the real networks, against this machine's roof and against peers. In each round come a burst of
/// multiply-adds, ours and each peer, one after the other; what is printed are medians over rounds, so that a noisy minute hits all.
/// </summary>
internal static class CpuBench
{
    private const double RoundSeconds = 0.15;
    private const int MostRepeats = 300;

    // OpenBLAS, OpenMP and ONNX Runtime let their threads spin for up to 30 ms after the last call.
    private const int SettleMilliseconds = 60;

    /// <summary>Measures and prints; false if a peer's numbers are not ours.</summary>
    public static bool Print(CpuRequest request)
    {
        var cases = Cases.Matching(request.Only);
        var peers = new List<Peer>();
        try
        {
            foreach (string name in request.Peers)
            {
                if (Start(name, request.Threads) is { } peer) peers.Add(peer);
            }

            return Print(request, cases, peers);
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    /// <summary>The same beside peers that have been started.</summary>
    public static bool Print(CpuRequest request, IReadOnlyList<Case> cases, IReadOnlyList<Peer> peers)
    {
        int threads = request.Threads;
        var roof = new Roof(threads);
        using (var d = Device.Open(new DeviceOptions(Threads: threads)))
            Console.WriteLine($"ours: {d.Description}, .NET {Environment.Version}");
        foreach (var peer in peers) Console.WriteLine($"{peer.Name}: {peer.Description}");
        Console.WriteLine($"roof: multiply-adds in {Peak.Vectors} beside each line, memory copied at {roof.MemoryGigabytes:F1} GB/s, "
            + $"{threads} threads; medians of {request.Rounds} rounds");
        Console.WriteLine();

        var table = new CpuTable(request.IsMarkdown, request.HasPeak, [.. peers.Select(peer => peer.Name)]);
        var lines = new List<Measured>();
        foreach (var shape in cases)
        {
            var line = Measure(shape, request, roof, peers);
            lines.Add(request.HasPeak && shape.IsNetwork ? PeakMemory.Measure(line, request.Threads, peers) : line);
            table.Line(lines[^1]);
        }

        Console.WriteLine();
        Summaries.Print(lines, roof);
        var wrong = lines.SelectMany(line => line.Peers.Where(peer => peer.Differs).Select(peer => $"{line.Shape.Line} ({peer.Peer})"));
        string differing = string.Join("; ", wrong);
        if (differing.Length > 0) Console.WriteLine($"not compared, the numbers differ: {differing}");
        return differing.Length == 0;
    }

    /// <summary>One call of each line and nothing else: whoever watches the process from outside sees what that takes.</summary>
    public static void Once(int threads, IReadOnlyCollection<string> only)
    {
        foreach (var shape in Cases.Matching(only))
        {
            using var d = Device.Open(new DeviceOptions(Threads: threads));
            using var scope = d.Enter(shape.Name);
            shape.Prepare(d)();
        }
    }

    private static Peer? Start(string name, int threads)
    {
        try
        {
            return Peer.Start(name, PeerPrograms.Find(name, threads));
        }
        catch (PeerException fault)
        {
            Console.WriteLine($"no {name}: {fault.Message}; its columns are left out");
            return null;
        }
    }

    private static Measured Measure(Case shape, CpuRequest request, Roof roof, IReadOnlyList<Peer> peers)
    {
        var counts = Roof.Count(shape);
        using var d = Device.Open(new DeviceOptions(Threads: request.Threads));
        using var scope = d.Enter(shape.Name);
        var prepared = shape.PrepareBeside?.Invoke(d);
        var run = prepared?.Run ?? shape.Prepare(d);
        // The first call pays for memory that is touched for the first time and for code that is compiled.
        Time(run);
        int repeats = Repeats(Time(run));
        float[]? results = peers.Count > 0 ? prepared?.Results() : null;
        PeerTurns[] turns = [.. peers.Select(peer => new PeerTurns(peer, shape, results, Repeats))];

        List<double> ours = [], bursts = [];
        double processor = 0;
        for (int round = 0; round < request.Rounds; round++)
        {
            Thread.Sleep(SettleMilliseconds);
            bursts.Add(roof.Burst());
            var before = Environment.CpuUsage.TotalTime;
            ours.Add(Statistics.Median(Enumerable.Range(0, repeats).Select(_ => Time(run))));
            processor += (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            foreach (var turn in turns)
            {
                turn.Take();
                Thread.Sleep(SettleMilliseconds);
            }
        }

        return new Measured(
            shape, Statistics.Median(ours) * 1e3, processor / (repeats * request.Rounds) * 1e3, counts.Sum(c => c.Flops) / 1e9,
            counts.Sum(c => c.Bytes) / 1e9, roof.Floor(counts, Statistics.Median(bursts)), [.. turns.Select(turn => turn.End())]);
    }

    private static int Repeats(double seconds) => (int)Math.Clamp(RoundSeconds / seconds, 1, MostRepeats);

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
