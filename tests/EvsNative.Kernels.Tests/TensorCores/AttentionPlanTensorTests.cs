using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class AttentionPlanTensorTests
{
    private const int ReservedBytes = 1 << 10;

    public static TheoryData<GpuCaps> Profiles => [.. GpuProfiles.All];

    private static readonly int[] HeadSizes = [8, 16, 40, 48, 64, 72, 80, 96, 128, 136, 160];

    [Theory, MemberData(nameof(Profiles))]
    public void Plans_stay_within_the_device_and_cover_every_query(GpuCaps caps)
    {
        foreach (int size in HeadSizes)
        {
            foreach (int queries in (int[])[16, 64, 65, 77, 4096, 10240, 16384])
            {
                string what = $"{caps.Name}: heads of {size}, {queries} queries";
                var plan = AttentionPlanTensor.Of(caps, size, queries);
                Assert.True(plan is null == (caps.Sm < 75), what);
                if (plan is not { } found) continue;
                Assert.True(found.SharedBytes <= caps.OptInSharedBytes, what);
                Assert.True(found.Threads <= caps.MaxThreads, what);
                Assert.True(Constant(found.Tile, nameof(IStreamingTile.Pitch)) * 8 >= size, what);
                Assert.True(found.Parts * found.Queries >= queries && (found.Parts - 1) * found.Queries < queries, what);
                Assert.True(SharedBytes(caps, found.SharedBytes) * found.MinGroups <= MultiprocessorBytes(caps), what);
                Assert.True(found.MinGroups >= 2 || caps.Sm == 75, what);
            }
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void What_has_no_form_goes_elsewhere(GpuCaps caps)
    {
        Assert.Null(AttentionPlanTensor.Of(caps, 12, 4096));
        Assert.Null(AttentionPlanTensor.Of(caps, 168, 4096));
        Assert.Null(AttentionPlanTensor.Of(caps, 512, 4096));
        Assert.Null(AttentionPlanTensor.Of(caps, 40, 15));
        Assert.Null(AttentionPlanTensor.Of(caps with { Kernels = KernelKinds.Portable }, 40, 4096));
    }

    [Fact]
    public void Heads_of_the_models_waste_nothing()
    {
        foreach (int size in (int[])[8, 40, 64, 80, 128, 160])
        {
            var plan = AttentionPlanTensor.Of(GpuProfiles.Ampere, size, 4096);
            Assert.Equal(size, 8 * Constant(plan!.Value.Tile, nameof(IStreamingTile.Pitch)));
        }
    }

    /// <summary>What the kernel takes for granted of a tile.</summary>
    [Fact]
    public void Tiles_divide_their_work_among_whole_warps()
    {
        foreach (int size in HeadSizes)
        {
            var tile = AttentionPlanTensor.Of(GpuProfiles.Ampere, size, 4096)!.Value.Tile;
            int threads = Constant(tile, nameof(IStreamingTile.Threads)), pitch = Constant(tile, nameof(IStreamingTile.Pitch));
            int keys = Constant(tile, nameof(IStreamingTile.Keys)), blocks = Constant(tile, nameof(IStreamingTile.Blocks));
            int queries = Constant(tile, nameof(IStreamingTile.Queries));
            Assert.Equal(queries, threads / 32 * 16 * blocks);
            Assert.Equal((0, 0, 0), (keys % 32, keys * pitch % 32, queries * pitch % threads));
            Assert.InRange(blocks, 1, 2);
            Assert.True(keys >= 32);
            int shared = Constant(tile, nameof(IStreamingTile.SharedBytes)), row = Constant(tile, nameof(IStreamingTile.RowBytes));
            Assert.True(shared >= (2 * keys * row) + (queries * row) && shared >= 4 * keys * row, $"{tile}");
        }
    }

    /// <summary>Only what the kernel can read goes to it.</summary>
    [Fact]
    public void Calls_of_other_kinds_go_to_other_kernels()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Ampere));
        using var scope = d.Enter("test");
        var s = new Shape(16, 8, 8, 80);
        Assert.NotNull(Plan(s, ElementType.Float16, new AttentionOptions(2)));
        Assert.Null(Plan(s, ElementType.Float32, new AttentionOptions(2)));
        Assert.Null(Plan(s, ElementType.Float16, new AttentionOptions(2, IsCausal: true)));
        Assert.Null(Plan(s, ElementType.Float16, new AttentionOptions(2, SequenceAxis.Frames, 16)));
        Assert.Null(Plan(s, ElementType.Float16, new AttentionOptions(4)));
        Tensor x = d.Rent(s, ElementType.Float16), four = d.Rent(s with { N = 17 }, ElementType.Float16);
        var beside = new Tensor(four.Buffer, four.Offset + 4, s, ElementType.Float16);
        Assert.Null(AttentionTensor.PlanOf(GpuProfiles.Ampere, new AttentionCall(x, beside, x, x, new AttentionOptions(2))));
        Assert.Null(AttentionTensor.PlanOf(GpuProfiles.Ampere, new AttentionCall(x, x, beside, x, new AttentionOptions(2))));
        Assert.Null(AttentionTensor.PlanOf(GpuProfiles.Ampere, new AttentionCall(x, x, x, beside, new AttentionOptions(2))));
        Assert.Null(AttentionTensor.PlanOf(GpuProfiles.Ampere, new AttentionCall(beside, x, x, x, new AttentionOptions(2))));
        Assert.Null(AttentionTensor.PlanOf(
            GpuProfiles.Ampere, new AttentionCall(x, x, x, x, new AttentionOptions(2, Blend: new QueryBlend(beside, 0.5f)))));

        AttentionPlanTensor? Plan(Shape shape, ElementType type, AttentionOptions options)
        {
            var tensor = d.Rent(shape, type);
            return AttentionTensor.PlanOf(GpuProfiles.Ampere, new AttentionCall(tensor, tensor, tensor, tensor, options));
        }
    }

    [Fact]
    public void Bytes_count_keys_once_for_each_tile_of_queries()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Ampere));
        using var scope = d.Enter("test");
        var x = d.Rent(new Shape(2, 1, 300, 320), ElementType.Float16);
        var words = d.Rent(new Shape(1, 1, 77, 320), ElementType.Float16);
        long map = 300 * 320 * 2;
        Assert.Equal(2 * map * (2 + (3 * 2)), Bytes(new AttentionCall(x, x, x, x, new AttentionOptions(8))));
        var blended = new AttentionOptions(8, Blend: new QueryBlend(x, 0.5f));
        Assert.Equal(2 * map * (3 + (3 * 2)), Bytes(new AttentionCall(x, x, x, x, blended)));
        Assert.Equal((2 * map * 2) + (2 * 3 * 2 * 77 * 320 * 2), Bytes(new AttentionCall(x, x, words, words, new AttentionOptions(8))));

        static long Bytes(AttentionCall call) => AttentionTensor.PlanOf(GpuProfiles.Ampere, call)!.Value.Bytes(call);
    }

    private static int Constant(Type tile, string name) => (int)tile.GetProperty(name)!.GetValue(null)!;

    // What a multiprocessor has beside its level 1 cache: the CUDA C++ Programming Guide's table of compute capabilities.
    private static int MultiprocessorBytes(GpuCaps caps) => caps.Sm == 75 ? 64 << 10 : caps.OptInSharedBytes + ReservedBytes;

    // From sm_80 on a group takes some for the system.
    private static int SharedBytes(GpuCaps caps, int own) => caps.Sm == 75 ? own : own + ReservedBytes;
}
