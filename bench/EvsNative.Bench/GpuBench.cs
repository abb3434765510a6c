using System.Diagnostics;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>What <c>gpu</c> was asked for.</summary>
/// <param name="Wish">the device</param>
/// <param name="Precision">how activations are stored there; the device's usual way if absent</param>
/// <param name="Only">words of the lines wanted; every operation, without whole networks, if none</param>
/// <param name="Rounds">how often the device and the processor take turns</param>
/// <param name="Threads">of the processor</param>
/// <param name="IsMarkdown">print for a page</param>
internal sealed record GpuRequest(DeviceWish Wish, ElementType? Precision, IReadOnlyCollection<string> Only, int Rounds, int Threads,
    bool IsMarkdown);

/// <summary>
/// Every operation on a GPU beside the CPU backend, in turns; medians of rounds. Time is from the call to the end of the work on the
/// device. Where the device is a processor running OpenCL, both have the same roof and the floor stands beside.
/// </summary>
internal static class GpuBench
{
    private const double RoundSeconds = 0.2;
    private const int MostRepeats = 100;

    public static void Print(GpuRequest request)
    {
        var cases = Cases.ForGpu(request.Only);
        var choice = new DeviceChoice(request.Wish, request.Precision);
        bool isProcessor;
        using (var d = choice.Open(new DeviceOptions(Threads: request.Threads)))
        {
            if (d.Caps is not { } caps) throw new DeviceException($"no GPU to measure: {choice.Line}");
            isProcessor = caps.IsProcessor;
            Console.WriteLine($"device: {choice.Line}, {caps.Driver}, {caps.Multiprocessors} units");
        }

        using (var cpu = Device.Open(new DeviceOptions(Threads: request.Threads)))
            Console.WriteLine($"beside: {cpu.Description}, .NET {Environment.Version}");
        var roof = isProcessor ? new Roof(request.Threads) : null;
        if (roof is not null)
        {
            Console.WriteLine($"roof of both: multiply-adds in {Peak.Vectors}, memory copied at {roof.MemoryGigabytes:F1} GB/s, "
                + $"{request.Threads} threads");
        }

        Console.WriteLine($"medians of {request.Rounds} rounds");
        Console.WriteLine();

        var table = new Table(request.IsMarkdown, ("operation", 52), ("device ms", 11), ("rate", 16), ("floor ms", 10), ("CPU ms", 10),
            ("CPU/device", 12));
        table.Head();
        foreach (var shape in cases)
        {
            var line = Measure(shape, choice, request, roof);
            table.Line(
                $"{shape.Group}: {shape.Name}", $"{line.Milliseconds:F3}", line.Rate, roof is null ? "" : $"{line.FloorMilliseconds:F3}",
                $"{line.PeerMilliseconds:F3}", $"{line.Ratio:F2}");
        }
    }

    private static Measured Measure(Case shape, DeviceChoice choice, GpuRequest request, Roof? roof)
    {
        var counts = Roof.Count(shape);
        using var gpu = choice.Open(new DeviceOptions(Threads: request.Threads));
        using var cpu = Device.Open(new DeviceOptions(Threads: request.Threads));
        using var gpuScope = gpu.Enter(shape.Name);
        using var cpuScope = cpu.Enter(shape.Name);
        Action onGpu = Finished(gpu, shape.Prepare(gpu)), onCpu = shape.Prepare(cpu);
        // The first calls compile kernels and touch memory for the first time.
        Time(onGpu);
        Time(onCpu);
        int gpuRepeats = Repeats(Time(onGpu)), cpuRepeats = Repeats(Time(onCpu));

        List<double> ours = [], beside = [], bursts = [];
        for (int round = 0; round < request.Rounds; round++)
        {
            if (roof is not null) bursts.Add(roof.Burst());
            ours.Add(Statistics.Median(Enumerable.Range(0, gpuRepeats).Select(_ => Time(onGpu))));
            beside.Add(Statistics.Median(Enumerable.Range(0, cpuRepeats).Select(_ => Time(onCpu))));
        }

        return new Measured(
            shape, Statistics.Median(ours) * 1e3, counts.Sum(c => c.Flops) / 1e9, counts.Sum(c => c.Bytes) / 1e9,
            roof?.Floor(counts, Statistics.Median(bursts)) ?? 0, Statistics.Median(beside) * 1e3);
    }

    private static Action Finished(Device d, Action run) => () =>
    {
        run();
        d.Synchronize();
    };

    private static int Repeats(double seconds) => (int)Math.Clamp(RoundSeconds / seconds, 1, MostRepeats);

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
