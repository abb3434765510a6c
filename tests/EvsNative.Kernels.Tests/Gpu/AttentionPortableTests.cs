using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Attention of the portable backend: what the property tests, which run on OpenCL too, do not reach.</summary>
public sealed class AttentionPortableTests
{
    private const double HalfTolerance = 2e-3;

    public static TheoryData<GpuCaps> Profiles => [.. GpuProfiles.All, Processor, Smallest];

    private static GpuCaps Processor { get; } = GpuProfiles.Intel with { Name = "a processor", IsProcessor = true, MaxThreads = 4096 };

    private static GpuCaps Smallest { get; } =
        GpuProfiles.Intel with { Name = "half of what OpenCL devices have", MaxThreads = 64, SharedBytes = 16 << 10 };

    /// <summary>Key lengths around the tiles' edges, with and without a blend, in both storages.</summary>
    [Theory]
    [InlineData(ElementType.Float32, OpenCLDevice.Tolerance)]
    [InlineData(ElementType.Float16, HalfTolerance)]
    public void Tokens_attend_to_77_shared_keys_and_to_lengths_around_a_tile(ElementType type, double tolerance)
    {
        using var d = OpenCLDevice.Open();
        var draw = new Draw(1);
        foreach (int keys in (int[])[1, 63, 64, 65, 77, 128])
        {
            var q = Values.Normal(draw, new Shape(2, 5, 13, 80));
            Check(d, draw, q, new Shape(1, 1, keys, 80), 2, type, tolerance, gamma: keys == 77 ? 0.8f : null);
        }
    }

    [Theory]
    [InlineData(ElementType.Float32, OpenCLDevice.Tolerance)]
    [InlineData(ElementType.Float16, HalfTolerance)]
    public void Sixteen_frames_attend_to_one_another(ElementType type, double tolerance)
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(2);
        var shape = new Shape(32, 3, 5, 80);
        var (q, k, v) =
            (Stored(Values.Normal(draw, shape), type), Stored(Values.Normal(draw, shape), type), Stored(Values.Normal(draw, shape), type));
        var y = d.Rent(shape, type);
        d.Kernels.Attention(y, On(d, q, type), On(d, k, type), On(d, v, type), new AttentionOptions(2, SequenceAxis.Frames, 16));
        double error = Relative.Error(d.Download(y), Attentions.AttendFrames(q, k, v, 2, 16));
        Assert.True(error <= tolerance, $"error {error:e2}");
    }

    [Theory]
    [InlineData(512)]
    [InlineData(520)]
    public void A_single_head_of_the_autoencoder_works_and_so_does_one_that_needs_two_groups(int size)
    {
        using var d = OpenCLDevice.Open();
        var draw = new Draw(size);
        var q = Values.Normal(draw, new Shape(2, 7, 10, size));
        Check(d, draw, q, q.Shape, 1, ElementType.Float32, OpenCLDevice.Tolerance);
    }

    /// <summary>Heads of no width of a form, some no multiple of four; lengths that fill no tile.</summary>
    [Theory]
    [InlineData(5, 70, 35)]
    [InlineData(43, 65, 64)]
    [InlineData(81, 33, 100)]
    [InlineData(160, 40, 31)]
    [InlineData(162, 20, 33)]
    public void Heads_and_sequences_that_fill_no_tile_are_what_the_definition_says(int size, int queries, int keys)
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            using var d = OpenCLDevice.Open();
            var draw = new Draw(size);
            Check(d, draw, Values.Normal(draw, new Shape(2, 1, queries, 2 * size)), new Shape(2, 1, keys, 2 * size), 2, type,
                type == ElementType.Float32 ? OpenCLDevice.Tolerance : HalfTolerance);
        }
    }

    [Fact]
    public void Causal_tails_see_themselves_and_nothing_behind()
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(4);
        var s = new Shape(1, 1, 77, 64);
        var (q, k, v) = (Values.Normal(draw, s), Values.Normal(draw, s), Values.Normal(draw, s));
        var y = d.Rent(s);
        d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(1, IsCausal: true));
        float[] before = d.Download(y);
        for (int i = 64 * 64; i < k.Data.Length; i++) (k.Data[i], v.Data[i]) = (-k.Data[i], 1e6f);
        d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(1, IsCausal: true));
        float[] after = d.Download(y);
        Assert.True(after.AsSpan(0, 64 * 64).SequenceEqual(before.AsSpan(0, 64 * 64)));
        Assert.Equal(v.Data.AsSpan(0, 64), before.AsSpan(0, 64));
    }

    /// <summary>Scores of tens of thousands: all but one weight of a row vanish, and nothing overflows.</summary>
    [Fact]
    public void Large_logits_choose_one_key()
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(5);
        var s = new Shape(1, 1, 70, 8);
        Values q = new(s, new float[s.Count]), k = new(s, new float[s.Count]), v = Values.Normal(draw, s);
        float[] wanted = new float[s.Count];
        for (int row = 0; row < 70; row++)
        {
            // Points of a circle: the nearest key of a query is its own.
            double angle = 2 * Math.PI * row / 70;
            q.Data[row * 8] = k.Data[row * 8] = (float)(3000 * Math.Cos(angle));
            q.Data[(row * 8) + 1] = k.Data[(row * 8) + 1] = (float)(3000 * Math.Sin(angle));
            v.Data.AsSpan(row * 8, 8).CopyTo(wanted.AsSpan(row * 8));
        }

        var y = d.Rent(s);
        d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(1));
        Assert.Equal(wanted, d.Download(y));
    }

    [Fact]
    public void A_blend_of_nothing_and_a_blend_of_all_are_the_queries_themselves()
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(6);
        var s = new Shape(1, 5, 8, 80);
        Tensor q = draw.Normals(d, s), inverted = draw.Normals(d, s), k = draw.Normals(d, s), v = draw.Normals(d, s);
        Assert.Equal(Attended(q, null), Attended(q, new QueryBlend(inverted, 0)));
        Assert.Equal(Attended(inverted, null), Attended(q, new QueryBlend(inverted, 1)));

        float[] Attended(Tensor queries, QueryBlend? blend)
        {
            var y = Draw.Poisoned(d, s);
            d.Kernels.Attention(y, queries, k, v, new AttentionOptions(2, Blend: blend));
            return d.Download(y);
        }
    }

    [Fact]
    public void A_frame_has_the_same_bits_alone_and_in_company()
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(7);
        var s = new Shape(3, 6, 9, 80);
        Values q = Values.Normal(draw, s), k = Values.Normal(draw, s), v = Values.Normal(draw, s);
        var y = d.Rent(s);
        d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(2));
        var one = s with { N = 1 };
        int count = (int)one.Count;
        Tensor Last(Values x) => new Values(one, x.Data[(2 * count)..]).On(d);
        var alone = d.Rent(one);
        d.Kernels.Attention(alone, Last(q), Last(k), Last(v), new AttentionOptions(2));
        Assert.Equal(d.Download(y)[(2 * count)..], d.Download(alone));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Plans_stay_within_the_device_and_cover_every_query_and_channel(GpuCaps caps)
    {
        foreach (int size in (int[])[1, 5, 8, 12, 40, 41, 64, 80, 81, 160, 161, 512, 513, 1280])
        {
            foreach (int queries in (int[])[1, 16, 32, 33, 77, 4096, 16384])
            {
                var plan = AttentionPlanPortable.Of(caps, size, queries);
                string what = $"{caps.Name}: heads of {size}, {queries} queries: {plan}";
                Assert.True(plan.Threads <= Math.Min(caps.MaxThreads, 256), what);
                Assert.True(plan.SharedBytes <= Math.Min(caps.SharedBytes, 32 << 10), what);
                Assert.True((long)plan.QueryParts * plan.Queries >= queries && (plan.QueryParts - 1L) * plan.Queries < queries, what);
                Assert.True((long)plan.ChannelParts * plan.Channels >= size && (plan.ChannelParts - 1L) * plan.Channels < size, what);
            }
        }
    }

    /// <summary>What the loops of the kernel take for granted of a form.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Forms_divide_their_work_without_a_rest(GpuCaps caps)
    {
        foreach (int size in (int[])[8, 40, 64, 80, 160, 512])
        {
            foreach (int queries in (int[])[16, 1024])
            {
                var plan = AttentionPlanPortable.Of(caps, size, queries);
                var form = plan.Form;
                if (plan.IsLine)
                {
                    Assert.True(caps.IsProcessor);
                    Assert.Equal((0, 0),
                        (Constant(nameof(IAttentionLineForm.Keys)) % 4, Constant(nameof(IAttentionLineForm.Channels)) % 4));
                    continue;
                }

                int threads = Constant(nameof(IAttentionForm.Threads)), lanes = Constant(nameof(IAttentionForm.Lanes));
                int keys = Constant(nameof(IAttentionForm.Keys)), values = Constant(nameof(IAttentionForm.ValueKeys));
                int across = Constant(nameof(IAttentionForm.ThreadColumns)), rowThreads = Constant(nameof(IAttentionForm.RowThreads));
                int tile = Constant(nameof(IAttentionForm.Queries)), loaded = threads / lanes;
                Assert.Equal(0, threads % lanes);
                Assert.Equal(0, Constant(nameof(IAttentionForm.Depth)) % lanes);
                Assert.Equal((0, 0), (tile % loaded, keys % loaded));
                Assert.Equal((0, 0), (keys % values, values % Constant(nameof(IAttentionForm.ThreadRows))));
                Assert.Equal((0, 0), (threads % tile, keys % rowThreads));
                foreach (int masked in (int[])[lanes, across, rowThreads]) Assert.True(int.IsPow2(masked), $"{form}: {masked}");

                int Constant(string name) => (int)form.GetProperty(name)!.GetValue(null)!;
            }
        }
    }

    [Fact]
    public void Frames_and_tokens_take_different_tiles_and_the_models_heads_waste_nothing()
    {
        foreach (int size in (int[])[8, 40, 64, 80, 160, 512])
        {
            var plan = AttentionPlanPortable.Of(GpuProfiles.Pascal, size, 4096);
            Assert.Equal((1, size), (plan.ChannelParts, plan.Channels));
        }

        Assert.Equal((16, 64), (Queries(16), Queries(4096)));

        static int Queries(int length) => AttentionPlanPortable.Of(GpuProfiles.Pascal, 40, length).Queries;
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Launches_of_the_largest_shapes_fit_every_device(GpuCaps caps)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: caps));
        foreach (var type in (ElementType[])[ElementType.Float32, ElementType.Float16])
        {
            Dry(new Shape(16, 64, 64, 320), new Shape(16, 64, 64, 320), new AttentionOptions(8));
            Dry(new Shape(16, 64, 64, 320), new Shape(1, 1, 77, 320), new AttentionOptions(8));
            Dry(new Shape(16, 64, 64, 320), new Shape(16, 64, 64, 320), new AttentionOptions(8, SequenceAxis.Frames, 16));
            Dry(new Shape(32, 64, 64, 320), new Shape(32, 64, 64, 320), new AttentionOptions(8, SequenceAxis.Frames, 16));
            Dry(new Shape(1, 64, 64, 512), new Shape(1, 64, 64, 512), new AttentionOptions(1));
            Dry(new Shape(1, 128, 128, 512), new Shape(1, 128, 128, 512), new AttentionOptions(1));
            Dry(new Shape(2, 1, 77, 768), new Shape(2, 1, 77, 768), new AttentionOptions(12, IsCausal: true));

            void Dry(Shape q, Shape k, AttentionOptions options)
            {
                using var scope = d.Enter("test");
                d.Kernels.Attention(d.Rent(q, type), d.Rent(q, type), d.Rent(k, type), d.Rent(k, type), options);
            }
        }
    }

    private static void Check(Device d, Draw draw, Values q, Shape keys, int heads, ElementType type, double tolerance, float? gamma = null)
    {
        using var scope = d.Enter("test");
        q = Stored(q, type);
        Values k = Stored(Values.Normal(draw, keys), type), v = Stored(Values.Normal(draw, keys), type),
            inverted = Stored(Values.Normal(draw, q.Shape), type);
        var y = d.Rent(q.Shape, type);
        QueryBlend? blend = gamma is { } g ? new QueryBlend(On(d, inverted, type), g) : null;
        d.Kernels.Attention(y, On(d, q, type), On(d, k, type), On(d, v, type), new AttentionOptions(heads, Blend: blend));
        double error = Relative.Error(d.Download(y), Attentions.Attend(q, k, v, heads, false, gamma is null ? null : inverted, gamma ?? 0));
        Assert.True(error <= tolerance, $"q {q.Shape}, k {keys}, {type}: error {error:e2}, at most {tolerance:e1} was expected");
    }

    private static Values Stored(Values x, ElementType type)
    {
        if (type == ElementType.Float16)
        {
            for (int i = 0; i < x.Data.Length; i++) x.Data[i] = (float)(Half)x.Data[i];
        }

        return x;
    }

    private static Tensor On(Device d, Values x, ElementType type)
    {
        var tensor = d.Rent(x.Shape, type);
        d.Write(tensor, x.Data);
        return tensor;
    }
}
