using System.Diagnostics;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class DeviceTests
{
    [Fact]
    public void Cancelling_stops_a_long_operation_within_a_second_and_the_device_goes_on()
    {
        foreach (int threads in (int[])[1, 2])
        {
            using var d = Device.Open(new DeviceOptions(Threads: threads));
            using var scope = d.Enter("test");
            var x = new Draw(1).Normals(d, new Shape(1, 1, 60_000, 64));
            var y = d.Rent(x.Shape);
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            d.Cancellation = cancel.Token;
            var watch = Stopwatch.StartNew();
            Assert.ThrowsAny<OperationCanceledException>(() => d.Kernels.Attention(y, x, x, x, new AttentionOptions(1)));
            Assert.InRange(watch.Elapsed.TotalSeconds, 0.19, 1.2);
            Assert.ThrowsAny<OperationCanceledException>(() => d.Enter("next"));

            d.Cancellation = default;
            var z = d.Upload([1, 2], Shape.Vector(2));
            d.Kernels.Combine(z, 2, z);
            Assert.Equal([2, 4], d.Download(z));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_operation_allocates_managed_memory_once_it_has_run(int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter("test");
        foreach (var (name, run) in Operations(d))
        {
            run();
            run();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++) run();
            Assert.True(GC.GetAllocatedBytesForCurrentThread() == before, $"{name} allocates {GC.GetAllocatedBytesForCurrentThread() - before} bytes in 20 calls");
        }
    }

    [Fact]
    public void Operations_leave_no_temporary_memory_rented()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        foreach (var (name, run) in Operations(d))
        {
            var before = d.Rent(Shape.Vector(16));
            run();
            var after = d.Rent(Shape.Vector(16));
            Assert.True(after.Offset == before.Offset + 16, $"{name} keeps memory");
        }
    }

    [Fact]
    public void A_dry_run_takes_the_memory_and_makes_the_calls_of_a_real_one()
    {
        List<string> real = Measure(Backend.Cpu), dry = Measure(Backend.Null);
        Assert.Equal(real, dry);
    }

    [Fact]
    public void A_dry_device_downloads_zeros_and_packs_filters_without_values()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var scope = d.Enter("test");
        Assert.True(d.IsDry);
        Assert.Equal([0, 0], d.Download(d.Upload([1, 2], Shape.Vector(2))));
        Assert.Equal(new FilterShape(20, 3, 3), d.Pack(new FilterShape(20, 3, 3), []).Shape);
    }

    [Fact]
    public void Persistent_tensors_are_counted_until_they_are_freed()
    {
        using var d = Device.Open();
        var a = d.Allocate(Shape.Vector(100));
        d.Allocate(Shape.Vector(50));
        Assert.Equal(600, d.PersistentBytes);
        d.Free(a);
        Assert.Equal(200, d.PersistentBytes);
        Assert.Throws<ArgumentException>(() => d.Free(a));
    }

    /// <summary>Memory and counts after each operation, the peak measured anew for each.</summary>
    private static List<string> Measure(Backend backend)
    {
        using var d = Device.Open(new DeviceOptions(backend, Counts: true));
        using var scope = d.Enter("test");
        List<string> lines = [];
        foreach (var (name, run) in Operations(d))
        {
            d.ResetPeak();
            run();
            lines.Add($"{name}: peak {d.ScratchPeakBytes}, weights {d.PersistentBytes}, {d.Counting!.TotalFlops} FLOP, {d.Counting.TotalBytes} bytes");
        }

        return lines;
    }

    /// <summary>A call of every operation, with everything prepared.</summary>
    private static List<(string Name, Action Run)> Operations(Device d)
    {
        var draw = new Draw(1);
        var k = d.Kernels;
        var shape = new Shape(4, 20, 30, 24);
        Tensor x = draw.Normals(d, shape), x2 = draw.Normals(d, shape), y = d.Rent(shape), wide = d.Rent(shape with { C = 48 });
        Tensor weight = draw.Normals(d, Shape.Vector(48)), bias = draw.Normals(d, Shape.Vector(48)), vector = draw.Normals(d, Shape.Vector(24));
        Tensor[] thirds = [d.Rent(shape with { C = 8 }), d.Rent(shape with { C = 8 }), d.Rent(shape with { C = 8 })];
        Tensor text = draw.Normals(d, new Shape(1, 1, 77, 24)), pictures = d.Rent(shape with { C = 3 }), table = draw.Normals(d, new Shape(1, 1, 50, 24));
        var (larger, tokens) = (d.Rent(new Shape(4, 33, 41, 24)), d.Rent(new Shape(2, 1, 5, 24)));
        byte[] rgb = new byte[pictures.Shape.Count];
        int[] ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

        var conv = d.Pack(new FilterShape(24, 48, 3), draw.Normals(24 * 48 * 9));
        var linear = d.Pack(new FilterShape(24, 24), draw.Normals(24 * 24));
        var split = d.Pack(new FilterShape(24, 24, Sections: 3), draw.Normals(24 * 24));
        var gated = d.Pack(new FilterShape(48, 24, IsGated: true), draw.Normals(48 * 24));
        return
        [
            (nameof(k.Conv2d), () => k.Conv2d(y, x, x2, conv, new ConvGeometry(1), new Epilogue(vector, Activation: Activation.Silu))),
            (nameof(k.Linear), () => k.Linear(y, x, linear, new Epilogue(vector, Residual: x2))),
            (nameof(k.LinearSplit), () => k.LinearSplit(thirds, x, split, null)),
            (nameof(k.LinearGeglu), () => k.LinearGeglu(y, x, gated, bias)),
            (nameof(k.Attention), () => k.Attention(y, x, x2, x2, new AttentionOptions(3, Blend: new QueryBlend(x, 0.5f)))),
            ("Attention to text", () => k.Attention(y, x, text, text, new AttentionOptions(3))),
            ("Attention through frames", () => k.Attention(y, x, x2, x2, new AttentionOptions(3, SequenceAxis.Frames, 4))),
            (nameof(k.GroupNorm), () => k.GroupNorm(wide, x, x2, weight, bias, 8, 1e-5f, Activation.Silu)),
            (nameof(k.LayerNorm), () => k.LayerNorm(y, x, vector, vector, 1e-5f, null)),
            (nameof(k.Embed), () => k.Embed(tokens, table, text, ids)),
            (nameof(k.Combine), () => k.Combine(y, 1, x, 2, x2)),
            (nameof(k.Activate), () => k.Activate(y, x, Activation.Gelu)),
            (nameof(k.Copy), () => k.Copy(y, x)),
            (nameof(k.Resize), () => k.Resize(larger, x, Interpolation.Bicubic)),
            (nameof(k.Noise), () => k.Noise(y, new NoiseKey(1, 2, Shared: 0.5f))),
            (nameof(k.FromBytes), () => k.FromBytes(pictures, rgb)),
            (nameof(k.ToBytes), () => k.ToBytes(rgb, pictures)),
            (nameof(k.CountNonFinite), () => k.CountNonFinite(x)),
        ];
    }
}
