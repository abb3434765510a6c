using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

public sealed class NormPlanTests
{
    private static readonly Shape[] Large =
        [new(16, 128, 128, 320), new(16, 64, 64, 320), new(1, 16 * 64, 64, 320), new(1, 16 * 512, 512, 128), new(16, 8, 8, 2560)];

    [Fact]
    public void The_chunks_of_a_group_norm_cover_every_pixel_and_no_sum_is_long()
    {
        var draw = new Draw(1);
        var drawn = Enumerable.Range(0, 200)
            .Select(_ => new Shape(draw.Whole(1, 40), draw.Whole(1, 700), draw.Whole(1, 90), draw.Whole(1, 2560)));
        Shape[] shapes = [.. drawn, .. Large];
        var processor = GpuProfiles.Intel with { Name = "a processor", IsProcessor = true, Multiprocessors = 2 };
        foreach (var caps in (GpuCaps[])[.. GpuProfiles.All, processor])
        {
            foreach (var (shape, width) in shapes.SelectMany(shape => ((int[])[1, 4, 8]).Select(width => (shape, width))))
            {
                var plan = GroupNormPlanPortable.For(caps, shape, caps.IsProcessor ? 1 : width);
                Assert.True((long)plan.Step * plan.Steps >= shape.Pixels && (long)plan.Step * (plan.Steps - 1) < shape.Pixels,
                    $"{shape}: {plan}");
                Assert.True((long)plan.Chunk * plan.Chunks >= shape.Pixels && (long)plan.Chunk * (plan.Chunks - 1) < shape.Pixels,
                    $"{shape}: {plan}");
                Assert.True(plan.Chunk <= 64 * plan.Rows, $"{shape}: {plan}");
                long numbers = plan.Moments(shape).Count;
                Assert.True(numbers <= (shape.Count / 8) + (2L * shape.N * shape.C), $"{shape}: {plan} takes {numbers} numbers");
            }
        }
    }

    [Fact]
    public void A_group_norm_of_any_size_keeps_all_multiprocessors_busy_where_there_is_enough_to_do()
    {
        foreach (var caps in GpuProfiles.All)
        {
            foreach (var (shape, width) in Large.SelectMany(shape => ((int[])[4, 8]).Select(width => (shape, width))))
            {
                var groups = GroupNormPlanPortable.For(caps, shape, width).MomentGroups(shape.N, shape.C);
                int wanted = (shape.N > 1 ? 3 : 2) * caps.Multiprocessors;
                Assert.True((long)groups.X * groups.Y * groups.Z >= wanted, $"{caps.Name}, {shape}, {width} at once: {groups}");
            }
        }
    }

    [Theory]
    [InlineData(40, 8, 8, 32)]
    [InlineData(320, 8, 8, 32)]
    [InlineData(640, 8, 16, 16)]
    [InlineData(1280, 8, 32, 8)]
    [InlineData(5120, 8, 64, 4)]
    [InlineData(320, 4, 16, 16)]
    [InlineData(1280, 4, 64, 4)]
    [InlineData(77, 1, 16, 16)]
    public void A_row_of_a_layer_norm_has_threads_enough_to_keep_it(int channels, int width, int lanes, int rows)
    {
        var plan = LayerNormPlanPortable.For(channels, width);
        Assert.Equal((lanes, rows), (plan.Lanes, plan.Rows));
    }

    [Theory]
    [InlineData(ElementType.Float16, 320, true, 8)]
    [InlineData(ElementType.Float16, 324, true, 1)]
    [InlineData(ElementType.Float32, 324, true, 4)]
    [InlineData(ElementType.Float32, 322, true, 1)]
    [InlineData(ElementType.Float16, 320, false, 1)]
    public void Rows_that_begin_at_multiples_of_16_bytes_are_moved_16_bytes_at_once(ElementType type, int row, bool isAligned, int width)
    {
        Assert.Equal(width, Packs.Width(GpuProfiles.Hopper, type, row, isAligned));
        Assert.Equal(width, Packs.Width(GpuProfiles.Intel, type, row, isAligned));
        Assert.Equal(1, Packs.Width(GpuProfiles.Intel with { IsProcessor = true }, type, row, isAligned));
    }

    /// <summary>More elements than an int counts.</summary>
    [Theory]
    [InlineData(ElementType.Float32, 1)]
    [InlineData(ElementType.Float16, 3)]
    public void A_pointwise_plan_covers_tensors_of_any_size(ElementType type, int inputs)
    {
        foreach (var caps in GpuProfiles.All)
        {
            foreach (long count in (long[])[1, 1023, 1024, 8192, 8193, 5L << 30, (5L << 30) + 8])
            {
                var plan = PointwisePlanPortable.For(caps, count, type, isMixed: false, inputs, isAligned: true);
                long each = (long)PointwisePlanPortable.Threads * (inputs > 1 ? FlatPointwiseTile.InFlight : DeepPointwiseTile.InFlight);
                Assert.Equal(count, plan.Accesses * plan.Width);
                Assert.True(plan.Groups * each >= plan.Accesses && (plan.Groups - 1) * each < plan.Accesses, $"{count}: {plan}");
            }
        }
    }

    [Fact]
    public void The_largest_calls_are_within_the_limits_of_every_device()
    {
        foreach (var caps in GpuProfiles.All)
        {
            foreach (var type in (ElementType[])[ElementType.Float32, ElementType.Float16])
            {
                using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: type, Profile: caps));
                foreach (var shape in Large)
                {
                    using var scope = d.Enter("test");
                    Tensor x = d.Rent(shape, type), y = d.Rent(shape, type), vector = d.Rent(Shape.Vector(shape.C));
                    d.Kernels.GroupNorm(y, x, null, vector, vector, 32, 1e-5f, Activation.Silu);
                    d.Kernels.LayerNorm(y, x, vector, vector, 1e-5f, d.Rent(Shape.Vector(shape.C) with { N = shape.N }));
                    d.Kernels.Activate(y, x, Activation.Gelu);
                    d.Kernels.Copy(y, x);
                    d.Kernels.Resize(d.Rent(shape with { H = 2 * shape.H, W = 2 * shape.W }, type), x, Interpolation.Bicubic);
                    d.Kernels.Noise(d.Rent(shape), new NoiseKey(1, 2));
                }

                using var pictures = d.Enter("test");
                byte[] rgb = new byte[16 * 512 * 512 * 3];
                var picture = d.Rent(new Shape(16, 512, 512, 3), type);
                d.Kernels.FromBytes(picture, rgb);
                d.Kernels.ToBytes(rgb, picture);
                Tensor text = d.Rent(new Shape(32, 1, 77, 768), type), table = d.Rent(new Shape(1, 1, 49408, 768)),
                    positions = d.Rent(new Shape(1, 1, 77, 768));
                d.Kernels.Embed(text, table, positions, new int[32 * 77]);
            }
        }
    }
}
