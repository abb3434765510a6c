using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class CountingTests
{
    [Fact]
    public void Flops_are_two_for_each_multiply_add_and_bytes_are_read_and_written_once()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("m");
        Tensor T(int n, int h, int w, int c) => d.Rent(new Shape(n, h, w, c));

        // 2 images of 5 x 6 pixels, 10 + 6 channels to 20 by 3 x 3 at stride 2: 2 * 3 * 3 outputs of 20 * 16 * 9 products
        var conv = d.Pack(new FilterShape(20, 16, 3), []);
        d.Kernels.Conv2d(T(2, 3, 3, 20), T(2, 5, 6, 10), T(2, 5, 6, 6), conv, new ConvGeometry(2), new Epilogue(T(1, 1, 1, 20)));
        Expect(d, "Conv2d", 2 * 18 * 20 * 16 * 9, 4 * ((18 * 20) + (60 * 16) + (20 * 16 * 9) + 20));

        d.Kernels.Linear(T(2, 1, 7, 11), T(2, 1, 7, 5), d.Pack(new FilterShape(11, 5), []), new Epilogue(Residual: T(2, 1, 7, 11)));
        Expect(d, "Linear", 2 * 14 * 55, 4 * ((14 * 11 * 2) + (14 * 5) + 55));

        d.Kernels.LinearSplit([T(1, 1, 7, 4), T(1, 1, 7, 4), T(1, 1, 7, 4)], T(1, 1, 7, 5), d.Pack(new FilterShape(12, 5, Sections: 3), []),
            null);
        Expect(d, "LinearSplit", 2 * 7 * 60, 4 * ((7 * 12) + (7 * 5) + 60));

        d.Kernels.LinearGeglu(T(1, 1, 7, 6), T(1, 1, 7, 5), d.Pack(new FilterShape(12, 5, IsGated: true), []), T(1, 1, 1, 12));
        Expect(d, "LinearGeglu", 2 * 7 * 60, 4 * ((7 * 6) + (7 * 5) + 60 + 12));

        d.Kernels.Attention(T(3, 1, 10, 8), T(3, 1, 10, 8), T(1, 1, 77, 8), T(1, 1, 77, 8), new AttentionOptions(2));
        Expect(d, "Attention", 4 * 3 * 10 * 77 * 8, 4 * ((2 * 240) + (2 * 77 * 8)));

        d.Kernels.GroupNorm(T(2, 3, 3, 8), T(2, 3, 3, 8), null, T(1, 1, 1, 8), T(1, 1, 1, 8), 4, 1e-5f, Activation.Silu);
        Expect(d, "GroupNorm", 0, 4 * ((2 * 144) + 16));

        d.Kernels.ChannelMoments(T(2, 3, 2, 5), T(2, 8, 24, 5));
        Expect(d, "ChannelMoments", 0, 4 * ((2 * 192 * 5) + 60));
    }

    [Fact]
    public void Attention_through_frames_meets_each_frame_with_all_frames_of_its_video()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("m");
        var x = d.Rent(new Shape(8, 3, 5, 6));
        d.Kernels.Attention(d.Rent(x.Shape), x, x, x, new AttentionOptions(2, SequenceAxis.Frames, Frames: 4));
        Expect(d, "Attention", 4L * 2 * 15 * 4 * 4 * 6, 4 * 4 * 720);
    }

    [Fact]
    public void Tokens_meet_their_window_with_its_padding()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("m");
        Tensor x = d.Rent(new Shape(6, 4, 5, 8)), near = d.Rent(new Shape(1, 1, 3 * 3 * 5, 2)), padding = d.Rent(Shape.Vector(8));
        var options = new WindowAttentionOptions(2, Frames: 3, (2, 2, 3), (1, 1, 1), near, PaddedK: padding, PaddedV: padding);
        d.Kernels.WindowAttention(d.Rent(x.Shape), x, x, x, options);
        Expect(d, "WindowAttention", 4L * 2 * 8 * 12 * 12 * 8, 4 * ((4 * 960) + 90 + 16));
    }

    [Fact]
    public void Lookups_multiply_with_each_corner_once_and_of_flows_and_masks_some_channels_are_read()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("m");
        Tensor x = d.Rent(new Shape(1, 4, 5, 6)), half = d.Rent(new Shape(1, 2, 2, 6)), flow = d.Rent(x.Shape with { C = 3 });
        d.Kernels.Lookup(d.Rent(x.Shape with { C = 2 * 9 }), x, [x, half], flow, 1);
        Expect(d, "Lookup", 2 * 120 * 2 * 16, 4 * (360 + 120 + 120 + 24 + 40));
        d.Kernels.Warp(d.Rent(x.Shape), x, flow, 1);
        Expect(d, "Warp", 0, 4 * (240 + 40));
        d.Kernels.Blend(x, x, d.Rent(x.Shape), flow, 2);
        Expect(d, "Blend", 0, 4 * (360 + 20));
    }

    [Fact]
    public void Rows_are_kept_by_module_and_operation_and_summed()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        var x = d.Rent(Shape.Vector(10));
        using (d.Enter("a"))
        {
            d.Kernels.Combine(x, 2, x);
            d.Kernels.Combine(x, 2, x);
            d.Kernels.Activate(x, x, Activation.Silu);
        }

        using (d.Enter("b")) d.Kernels.Combine(x, 2, x);
        var counts = d.Counting!;
        Assert.Equal([new("a", "Combine", 2, 0, 160), new("a", "Activate", 1, 0, 80), new("b", "Combine", 1, 0, 80)], counts.Records);
        Assert.Equal([new("", "Combine", 3, 0, 240), new("", "Activate", 1, 0, 80)], counts.ByOperation());
        Assert.Equal((4, 0, 320), (counts.TotalCalls, counts.TotalFlops, counts.TotalBytes));
        counts.Reset();
        Assert.Empty(counts.Records);
        Assert.Equal(0, counts.TotalBytes);
    }

    [Fact]
    public void Calls_that_cost_the_same_are_one_row_and_know_what_a_GPU_started_for_them()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true, Profile: GpuProfiles.Ada));
        Tensor x = d.Rent(new Shape(2, 8, 8, 32), ElementType.Float16), y = d.Rent(x.Shape, x.Type);
        Tensor vector = d.Rent(Shape.Vector(32)), large = d.Rent(x.Shape with { N = 4 }, x.Type);
        for (int i = 0; i < 3; i++) d.Kernels.GroupNorm(y, x, null, vector, vector, 8, 1e-5f, Activation.Silu);
        d.Kernels.Attention(y, x, x, x, new AttentionOptions(4));
        d.Kernels.GroupNorm(large, large, null, vector, vector, 8, 1e-5f, Activation.Silu);
        var calls = d.Counting!.TakeCalls();
        var norm = calls.Keys.First();
        Assert.Equal([3L, 1, 1], calls.Values);
        Assert.Equal(new CallWork(WorkKind.Memory, 0, ElementType.Float16, x.Bytes), norm.Work);
        Assert.True(norm.Launches >= 2 && norm.Kernel.StartsWith("GroupNorm", StringComparison.Ordinal), $"{norm}");
        Assert.Equal(new CallWork(WorkKind.Attention, 8, ElementType.Float16), calls.Keys.ElementAt(1).Work);
        Assert.Empty(d.Counting.TakeCalls());
        Assert.Equal(5, d.Counting.TotalCalls);
    }

    [Fact]
    public void Times_are_kept_by_module_and_operation()
    {
        using var d = Device.Open(new DeviceOptions(Times: true));
        using var scope = d.Enter("m");
        var x = d.Rent(new Shape(1, 256, 256, 4));
        d.Kernels.Noise(x, new NoiseKey(1, 1));
        d.Kernels.Noise(x, new NoiseKey(1, 2));
        d.Kernels.CountNonFinite(x);
        var times = d.Timing!;
        Assert.Equal([("m", "Noise", 2L), ("m", "CountNonFinite", 1L)], times.Records.Select(row => (row.Path, row.Operation, row.Calls)));
        Assert.All(times.Records, row => Assert.True(row.Elapsed > TimeSpan.Zero));
        Assert.Equal(times.TotalElapsed.Ticks, times.ByOperation().Sum(row => row.Elapsed.Ticks));
        times.Reset();
        Assert.Empty(times.Records);
    }

    private static void Expect(Device d, string operation, long flops, long bytes)
    {
        Assert.Equal(new("m", operation, 1, flops, bytes), Assert.Single(d.Counting!.Records));
        Assert.Equal((flops, bytes), (d.Counting.TotalFlops, d.Counting.TotalBytes));
        d.Counting.Reset();
    }
}
