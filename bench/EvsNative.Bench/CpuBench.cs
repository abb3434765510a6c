using System.Diagnostics;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>What <c>cpu</c> was asked for.</summary>
/// <param name="Threads">of both</param>
/// <param name="Only">words of the lines wanted; none for all</param>
/// <param name="HasPeer">time PyTorch beside</param>
/// <param name="Rounds">how often ours and the peer take turns</param>
/// <param name="IsMarkdown">print for a page</param>
internal sealed record CpuRequest(int Threads, IReadOnlyCollection<string> Only, bool HasPeer, int Rounds, bool IsMarkdown);

/// <summary>
/// The CPU backend on the shapes of the real networks, against this machine's roof and against PyTorch. In each round come a burst of
/// multiply-adds, ours and the peer, one after the other; what is printed are medians over rounds, so that a noisy minute hits all three.
/// </summary>
internal static class CpuBench
{
    private const double RoundSeconds = 0.15;
    private const int MostRepeats = 300;

    // OpenBLAS and OpenMP let their threads spin for up to 30 ms after the last call.
    private const int SettleMilliseconds = 60;

    public static void Print(CpuRequest request)
    {
        var cases = Cases.Matching(request.Only);
        int threads = request.Threads;
        using var peer = request.HasPeer ? Start(threads) : null;
        var roof = new Roof(threads);
        using (var d = Device.Open(new DeviceOptions(Threads: threads)))
            Console.WriteLine($"ours: {d.Description}, .NET {Environment.Version}");
        if (peer is not null) Console.WriteLine($"peer: {peer.Description}");
        Console.WriteLine($"roof: multiply-adds in {Peak.Vectors} beside each line, memory copied at {roof.MemoryGigabytes:F1} GB/s, "
            + $"{threads} threads; medians of {request.Rounds} rounds");
        Console.WriteLine();

        var table = new Table(
            request.IsMarkdown, ("operation", 46), ("ms", 10), ("rate", 16), ("floor ms", 10), ("of roof", 9), ("peer ms", 10),
            ("peer/ours", 11), (" peer's form", 24));
        table.Head();
        var lines = new List<Measured>();
        foreach (var shape in cases)
        {
            var line = Measure(shape, threads, request.Rounds, roof, peer);
            lines.Add(line);
            table.Line(
                $"{shape.Group}: {shape.Name}", $"{line.Milliseconds:F2}", line.Rate, $"{line.FloorMilliseconds:F2}", $"{line.Share:P0}",
                line.PeerMilliseconds is { } ms ? $"{ms:F2}" : "", line.Ratio is { } ratio ? $"{ratio:F2}" : "", line.Note);
        }

        Console.WriteLine();
        Summaries.Print(lines, roof);
    }

    private static Peer? Start(int threads)
    {
        if (Python.FindWithTorch() is { } python) return Peer.Start(python, threads);
        Console.WriteLine(Python.Missing);
        return null;
    }

    private static Measured Measure(Case shape, int threads, int rounds, Roof roof, Peer? peer)
    {
        var counts = Roof.Count(shape);
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter(shape.Name);
        var run = shape.Prepare(d);
        // The first call pays for memory that is touched for the first time and for code that is compiled.
        Time(run);
        int repeats = Repeats(Time(run)), peerRepeats = 1;
        string note = "";
        if (peer is not null) (peerRepeats, note) = Warm(peer, shape);

        List<double> ours = [], theirs = [], bursts = [];
        for (int round = 0; round < rounds; round++)
        {
            Thread.Sleep(SettleMilliseconds);
            bursts.Add(roof.Burst());
            ours.Add(Statistics.Median(Enumerable.Range(0, repeats).Select(_ => Time(run))));
            if (peerRepeats > 0 && peer is not null) theirs.Add(Statistics.Median(peer.Run(shape.Request, peerRepeats).Seconds));
        }

        peer?.Drop();
        return new Measured(
            shape, Statistics.Median(ours) * 1e3, counts.Sum(c => c.Flops) / 1e9, counts.Sum(c => c.Bytes) / 1e9,
            roof.Floor(counts, Statistics.Median(bursts)), theirs.Count > 0 ? Statistics.Median(theirs) * 1e3 : null, note);
    }

    /// <summary>Lets the peer make its inputs and choose its form; no repetitions if it cannot.</summary>
    private static (int Repeats, string Note) Warm(Peer peer, Case shape)
    {
        try
        {
            var times = peer.Run(shape.Request, 1);
            return (Repeats(times.Seconds[0]), times.Variant);
        }
        catch (PeerException fault)
        {
            return (0, fault.Message);
        }
    }

    private static int Repeats(double seconds) => (int)Math.Clamp(RoundSeconds / seconds, 1, MostRepeats);

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
