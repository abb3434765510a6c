using System.Diagnostics;
using EvsNative.Kernels.Gpu;
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
            using var cancel = new CancellationTokenSource();
            long cancelled = 0;
            using var noted = cancel.Token.Register(() => cancelled = Stopwatch.GetTimestamp());
            d.Cancellation = cancel.Token;
            cancel.CancelAfter(TimeSpan.FromMilliseconds(200));
            Assert.ThrowsAny<OperationCanceledException>(() => d.Kernels.Attention(y, x, x, x, new AttentionOptions(1)));
            Assert.InRange(Stopwatch.GetElapsedTime(cancelled).TotalSeconds, 0, 1);
            Assert.ThrowsAny<OperationCanceledException>(() => d.Enter("next"));

            d.Cancellation = default;
            var z = d.Upload([1, 2], Shape.Vector(2));
            d.Kernels.Combine(z, 2, z);
            Assert.Equal([2, 4], d.Download(z));
        }
    }

    [Fact]
    public void Operations_leave_no_temporary_memory_rented()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        foreach (var (name, run, _) in EveryOperation.Of(d))
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

    [Fact]
    public void The_largest_tensor_is_remembered_wherever_it_lay()
    {
        foreach (var profile in (GpuCaps?[])[null, GpuProfiles.Intel])
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: profile));
            Assert.Equal(profile?.MaxAllocationBytes ?? long.MaxValue, d.MaxAllocationBytes);
            using (d.Enter("test")) d.Rent(Shape.Vector(1000));
            Assert.Equal(4032, d.LargestTensorBytes);
            d.Free(d.Allocate(Shape.Vector(1024)));
            d.ResetPeak();
            Assert.Equal(4096, d.LargestTensorBytes);
            d.Pack(new FilterShape(64, 32), []);
            Assert.Equal(64 * 32 * 4, d.LargestTensorBytes);

            // A group norm's own memory: of a vector's channels, larger than the vector.
            using var scope = d.Enter("test");
            Tensor x = d.Rent(new Shape(1, 1, 1, 2560), ElementType.Float32), vector = d.Rent(Shape.Vector(2560));
            d.Kernels.GroupNorm(x, x, null, vector, vector, 32, 1e-5f, Activation.None);
            Assert.True(d.LargestTensorBytes > x.Bytes, $"{d.LargestTensorBytes}");
        }
    }

    /// <summary>Memory and counts after each operation, the peak measured anew for each.</summary>
    private static List<string> Measure(Backend backend)
    {
        using var d = Device.Open(new DeviceOptions(backend, Counts: true));

        // Blocks that grow would leave their ends unused.
        d.Reserve(256 << 20);
        using var scope = d.Enter("test");
        List<string> lines = [];
        foreach (var (name, run, _) in EveryOperation.Of(d))
        {
            d.ResetPeak();
            run();
            lines.Add($"{name}: peak {d.ScratchPeakBytes}, weights {d.PersistentBytes}, "
                + $"{d.Counting!.TotalFlops} FLOP, {d.Counting.TotalBytes} bytes");
        }

        return lines;
    }
}
