using EvsNative.Kernels;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>The bench of GPUs on devices that compute nothing: what it calls, in which order, and what it leaves behind.</summary>
public sealed class GpuBenchTests
{
    [Fact]
    public void The_whole_bench_runs_on_CUDA_with_events_and_records_and_leaves_nothing_behind()
    {
        var driver = new FakeCudaDriver();
        using var folder = new TemporaryFolder();
        var (usual, cache) = (CudaDriver.Load, Environment.GetEnvironmentVariable("EVSNATIVE_CACHE"));
        CudaDriver.Load = () => driver;
        Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", "off");
        try
        {
            string json = folder["lines.jsonl"];
            var request = new GpuRequest(
                new DeviceWish(Backend.Cuda), null, [], false, 1, true, json, IsRehearsal: true, IsOnce: false, IsList: false);
            Assert.Equal(0, GpuBench.Print(request));
            GpuLine[] lines = [.. JsonLines.Read<GpuLine>(json).Skip(1)];
            Assert.Equal(lines.Length, lines.Select(line => line.Line).Distinct().Count());
            Assert.All(lines, line => Assert.True(line is { Milliseconds: > 0, FloorMilliseconds: > 0, Problem: null }, $"{line}"));
            // Each line is timed twice, once roughly and once of the record; the driver's clock always says 1.5 ms.
            int timed = driver.Calls.Count(call => call == nameof(ICudaDriver.EventElapsed));
            Assert.InRange(timed, 2 * lines.Length, (2 * lines.Length) + 10);
            Assert.InRange(driver.Calls.Count(call => call == nameof(ICudaDriver.GraphLaunch)), lines.Length, 4 * lines.Length);
            Assert.Empty(driver.Leaks);
        }
        finally
        {
            CudaDriver.Load = usual;
            Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", cache);
        }
    }

    [Fact]
    public void Calls_go_through_their_copies_in_turns()
    {
        using var gpu = new OpenGpu(new DryGpu(GpuProfiles.Hopper), Backend.Null, ElementType.Float16);
        int[] counts = new int[3];
        List<int> order = [];
        var time = new GpuClock(gpu, new GpuPatience(0, 3, 1e9, 30, 2)).Time([.. Enumerable.Range(0, 3).Select(copy => (Action)(() =>
        {
            counts[copy]++;
            order.Add(copy);
        }))]);
        Assert.Equal(3, time.Copies);
        Assert.Equal(30, time.Calls);
        Assert.Equal([counts[1] + 1, counts[1], counts[1]], counts);
        Assert.All(Enumerable.Range(1, order.Count - 2), i => Assert.Equal((order[i] + 1) % 3, order[i + 1]));
    }

    [Fact]
    public void A_cases_tensors_are_larger_than_the_second_cache_together_and_free_afterwards()
    {
        using var gpu = new OpenGpu(new DryGpu(GpuProfiles.Hopper), Backend.Null, ElementType.Float16);
        int prepared = 0;
        var shape = Cases.ForGpu(["256 x 1280 x 1280"])[0];
        var counting = shape with { Prepare = d => { prepared++; return shape.Prepare(d); } };
        var counted = Assert.Single(new DryCases(gpu, [shape]).All);
        Assert.InRange(counted.Gflop, 2 * 256L * 1280 * 1280 / 1e9, 2.02 * 256L * 1280 * 1280 / 1e9);
        var time = new GpuClock(gpu, GpuPatience.Usual with { MostCalls = 1, Samples = 1 }).Time(counting, counted.Bytes);
        Assert.Equal(time.Copies, prepared);
        Assert.InRange(prepared * counted.Bytes, 128L << 20, 140L << 20);
        Assert.Equal(0, gpu.Device.PersistentBytes);
    }

    [Fact]
    public void Lines_are_told_without_a_device_and_passes_only_where_they_are_named()
    {
        using var folder = new TemporaryFolder();
        string json = folder["lines.jsonl"];
        Assert.Equal(0, BenchCommands.Run(["gpu", "--list", "--only", "pass", "--json", json]));
        Assert.Equal(8, JsonLines.Read<GpuLine>(json).Count(line => line.Group == "passes" && line.Request!.Count > 0));
        Assert.DoesNotContain(Cases.ForGpu([]), shape => shape.IsNetwork);
    }

    [Fact]
    public void The_kernels_of_all_lines_are_known_before_the_first_is_timed()
    {
        using var gpu = new OpenGpu(new DryGpu(GpuProfiles.Hopper), Backend.Null, ElementType.Float16);
        var dry = new DryCases(gpu, Cases.ForGpu(["products", "norms"]));
        using var scope = gpu.Device.Enter("all");
        foreach (var shape in dry.All) shape.Shape.Prepare(gpu.Device)();
        Assert.InRange(dry.Kernels.Count, 5, 60);
        Assert.True(((DryGpu)gpu.Runtime).Forms.ToHashSet().SetEquals(dry.Kernels.Forms));
    }
}
