using System.Diagnostics;
using EvsNative.Kernels;
using EvsNative.Kernels.Cards;

namespace EvsNative.Bench;

/// <summary>What <c>gpu</c> was asked for.</summary>
/// <param name="Wish">the device</param>
/// <param name="Precision">how activations are stored there; the device's usual way if absent</param>
/// <param name="Only">words of the lines wanted; every operation, without whole passes, if none</param>
/// <param name="IsBesideCpu">time the processor too</param>
/// <param name="Threads">of the processor</param>
/// <param name="IsMarkdown">print for a page</param>
/// <param name="Json">a file for every line; absent for none</param>
/// <param name="IsRehearsal">tiny shapes, once: tries that everything runs, measures nothing</param>
/// <param name="IsOnce">each line a few times without timing: for profilers</param>
/// <param name="IsList">only tell the lines, without a device</param>
internal sealed record GpuRequest(
    DeviceWish Wish, ElementType? Precision, IReadOnlyCollection<string> Only, bool IsBesideCpu, int Threads, bool IsMarkdown,
    string? Json, bool IsRehearsal, bool IsOnce, bool IsList);

/// <summary>
/// Every operation on a GPU beside what the device can do at best: one process, one device, all kernels compiled first, times by the
/// device's clock (see <see cref="GpuClock"/>). The processor is timed only if asked for.
/// </summary>
internal static class GpuBench
{
    /// <summary>Lines that did not run.</summary>
    public static int Print(GpuRequest request)
    {
        using var json = new JsonLines(request.Json);
        if (request.IsList) return List(request, json);
        using var gpu = OpenGpu.Of(request.Wish, request.Precision);
        var cases = request.IsRehearsal ? RehearsalCases.For(gpu.Caps, request.Only) : Cases.ForGpu(request.Only);
        Console.WriteLine($"device: {gpu.Line}");
        var counted = Compile(gpu, cases);
        bool isTimed = !request.IsRehearsal && !request.IsOnce;
        var roof = GpuRoof.Of(gpu, !isTimed);
        Console.WriteLine($"roof: {roof}");
        var card = GpuCards.Named(gpu.Caps.Name);
        if (card is not null) Console.WriteLine($"predicted: before any measurement, for {card.Caps.Name}, by expected rates");
        json.Write(new { device = gpu.Line, precision = gpu.Precision, roof });
        Console.WriteLine();

        (string, int)[] foretold = card is null ? [] : [("predicted ms", 13), ("predicted/ms", 13)];
        (string, int)[] cpu = request.IsBesideCpu ? [("CPU ms", 10), ("CPU/device", 12)] : [];
        var table = new Table(
            request.IsMarkdown,
            [("operation", 52), ("ms", 11), ("rate", 16), ("floor ms", 10), ("of roof", 9), ("calls x copies", 16), .. foretold, .. cpu]);
        table.Head();
        var clock = new GpuClock(gpu, isTimed ? GpuPatience.Usual : GpuPatience.Rehearsal);
        List<GpuLine> lines = [];
        foreach (var shape in counted)
        {
            var line = Measure(clock, shape, GpuLine.Of(shape, gpu.Precision, roof.Floor(shape.Counts, gpu.Device.Precision), card));
            if (request.IsBesideCpu) line = line with { BesideMilliseconds = OnProcessor(shape.Shape, request.Threads) };
            lines.Add(line);
            json.Write(line);
            Print(table, line, request.IsBesideCpu);
        }

        Console.WriteLine();
        foreach (var group in lines.Where(line => line.Share is not null).GroupBy(line => line.Group))
        {
            double mean = Statistics.GeometricMean([.. group.Select(line => line.Share!.Value)]);
            Console.WriteLine($"geometric mean of {group.Key} ({group.Count()}): {mean:P0} of the roof");
        }

        return lines.Count(line => line.Problem is not null);
    }

    private static int List(GpuRequest request, JsonLines json)
    {
        foreach (var shape in Cases.ForGpu(request.Only))
        {
            Console.WriteLine(shape.Line);
            long bytes = Roof.Count(shape).Sum(operation => operation.Bytes);
            json.Write(new { line = shape.Line, group = shape.Group, request = shape.Request, bytes });
        }

        return 0;
    }

    private static IReadOnlyList<CountedCase> Compile(OpenGpu gpu, IEnumerable<Case> cases)
    {
        var clock = Stopwatch.StartNew();
        var dry = new DryCases(gpu, cases);
        gpu.Device.Compile(dry.Kernels);
        Console.WriteLine($"{dry.Kernels.Count} kernels compiled in {clock.Elapsed.TotalSeconds:F1} s, all at once where the device can");
        return dry.All;
    }

    private static GpuLine Measure(GpuClock clock, CountedCase shape, GpuLine line)
    {
        try
        {
            var time = clock.Time(shape.Shape, shape.Bytes);
            return line with { Milliseconds = time.Milliseconds, Calls = time.Calls, Copies = time.Copies };
        }
        catch (DeviceException e)
        {
            return line with { Problem = e.Message };
        }
    }

    private static void Print(Table table, GpuLine line, bool isBeside)
    {
        string[] foretold = line.PredictedMilliseconds is { } predicted ? [$"{predicted:F4}", $"{predicted / line.Milliseconds:F2}"] : [];
        string[] beside = isBeside ? [$"{line.BesideMilliseconds:F3}", $"{line.BesideMilliseconds / line.Milliseconds:F2}"] : [];
        table.Line(
        [
            line.Line, line.Milliseconds is { } ms ? $"{ms:F4}" : "FAILED", line.Problem ?? line.Rate, $"{line.FloorMilliseconds:F4}",
            line.Share is { } share ? $"{share:P0}" : "", line.Calls > 0 ? $"{line.Calls} x {line.Copies}" : "", .. foretold, .. beside,
        ]);
    }

    /// <summary>The best of three calls on the processor.</summary>
    private static double OnProcessor(Case shape, int threads)
    {
        using var cpu = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = cpu.Enter(shape.Name);
        var run = shape.Prepare(cpu);
        run();
        return Enumerable.Range(0, 3).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            run();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
    }
}
