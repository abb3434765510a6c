using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class ProductPlanTensorTests
{
    // What the driver keeps of shared memory for a group; a multiprocessor has that much more than a group may ask for.
    private const int Reserved = 1 << 10;

    /// <summary>Rows, columns, channels of both inputs and taps of the models' products.</summary>
    private static readonly (int Rows, int Columns, int Channels, int Channels2, int Taps)[] Products =
    [
        (77, 320, 768, 0, 1), (154, 1280, 768, 0, 1), (16 * 64, 1280, 1280, 1280, 9), (16 * 64, 1280, 2560, 0, 1), (65_536, 320, 320, 0, 9),
        (65_536, 960, 320, 0, 1), (65_536, 2560, 320, 0, 1), (65_536, 320, 320, 640, 9), (16_384, 640, 640, 0, 9),
        (4096, 10_240, 1280, 0, 1),
        (1_048_576, 128, 128, 0, 9), (4_194_304, 128, 256, 0, 9), (262_144, 512, 512, 0, 9), (20, 24, 8, 0, 1), (100_000, 40, 40, 24, 9),
    ];

    private static IEnumerable<GpuCaps> Devices => GpuProfiles.All.Where(caps => caps.TensorCores != TensorGeneration.None);

    [Fact]
    public void A_plan_covers_all_rows_and_columns_and_stays_within_the_device()
    {
        foreach (var caps in Devices)
        {
            foreach (var product in Products)
            {
                var plan = Choose(caps, product);
                var tile = plan.Tile;
                string what = $"{caps.Name}: {product}: {plan}";
                Assert.True(plan.Threads <= caps.MaxThreads && plan.SharedBytes <= caps.OptInSharedBytes, what);
                Assert.Equal((product.Columns + tile.Columns - 1) / tile.Columns, plan.TilesAcross);
                Assert.Equal((product.Rows + tile.Rows - 1) / tile.Rows, plan.TilesDown);
                Assert.Equal(plan.TilesDown * plan.TilesAcross, plan.Groups);
                Assert.True(plan.Pieces * 32 >= product.Taps * (product.Channels + product.Channels2), what);
                Assert.True(caps.TensorCores == TensorGeneration.Ampere || tile.ThreadSums <= 64, what);
            }
        }
    }

    /// <summary>Two groups hide one another's beginnings and ends; stages are as many as leave them room.</summary>
    [Fact]
    public void A_multiprocessor_has_room_for_the_groups_that_a_tile_wants_or_for_two_at_least()
    {
        foreach (var caps in Devices)
        {
            foreach (var tile in ProductPlanTensor.Tiles)
            {
                if (caps.TensorCores == TensorGeneration.Turing && tile.ThreadSums > 64) continue;
                var plan = ProductPlanTensor.Choose(caps, Size((10_000, 1000, 320, 0, 1)), tile.Tile);
                int group = plan.SharedBytes + Reserved + (8 * (tile.Rows + 2)), room = caps.OptInSharedBytes + Reserved;
                Assert.True(2 * group <= room, $"{caps.Name}: {plan}: {group} bytes");
                Assert.True(plan.Stages == 2 || tile.Groups * group <= room, $"{caps.Name}: {plan}: {group} bytes");
                Assert.True(tile.Groups * tile.Threads * (tile.ThreadSums + 90) <= 1 << 16, $"{tile}: registers");
                Assert.True(plan.SharedBytes >= plan.Stages * (tile.Rows + tile.Columns) * 64, $"{plan}: no room for its stages");
                Assert.True(plan.SharedBytes >= tile.BandRows * SharedSums.RowBytes(tile.Columns), $"{plan}: no room for a band of sums");
            }
        }
    }

    [Theory]
    [InlineData(65_536, 320, typeof(Tile128x160))]
    [InlineData(65_536, 960, typeof(Tile128x160))]
    [InlineData(65_536, 1280, typeof(Tile128x160))]
    [InlineData(1_048_576, 128, typeof(Tile128x128))]
    [InlineData(1_048_576, 512, typeof(Tile128x128))]
    [InlineData(77, 320, typeof(Tile64x64))]
    public void Widths_get_the_tiles_that_divide_them(int rows, int columns, Type tile)
    {
        foreach (var caps in Devices)
        {
            if (caps.TensorCores == TensorGeneration.Ampere) Assert.Equal(tile, Choose(caps, (rows, columns, 320, 0, 1)).Tile.Tile);
        }
    }

    [Fact]
    public void A_large_product_on_Turing_uses_its_large_tile() =>
        Assert.Equal(typeof(Tile128x64), Choose(GpuProfiles.Turing, (65_536, 320, 320, 0, 1)).Tile.Tile);

    [Fact]
    public void Few_tiles_are_cut_so_that_no_multiprocessor_has_much_more_than_its_share()
    {
        foreach (var caps in Devices)
        {
            foreach (var product in Products)
            {
                var plan = Choose(caps, product);
                double share = (double)product.Rows * product.Columns / caps.Multiprocessors;
                double most = Math.Ceiling((double)plan.Groups / caps.Multiprocessors) * plan.Tile.Rows * plan.Tile.Columns;
                Assert.True(most <= Math.Max(64 * 64, 2.2 * share), $"{caps.Name}: {product}: {plan}: {most / share:f1}");
            }
        }
    }

    /// <summary>A product that fills its tiles, by hand.</summary>
    [Fact]
    public void Bytes_of_a_launch()
    {
        var size = new ProductSizeTensor(1024, 640, 40, 0, 1, 1024, 2 * 640);
        var plan = ProductPlanTensor.Choose(GpuProfiles.Hopper, size, typeof(Tile128x160));
        long inputs = 4 * 1024 * 320 * 2, weights = 8 * 640 * 320 * 2, result = 1024 * 640 * 2;
        Assert.Equal(inputs + weights + result, plan.Bytes(size));
    }

    private static ProductPlanTensor Choose(
        GpuCaps caps, (int Rows, int Columns, int Channels, int Channels2, int Taps) product) =>
        ProductPlanTensor.Choose(caps, Size(product));

    private static ProductSizeTensor Size((int Rows, int Columns, int Channels, int Channels2, int Taps) p) =>
        new(p.Rows, p.Columns, p.Channels / 8, p.Channels2 / 8, p.Taps, (long)p.Rows * p.Taps, p.Columns * 2);
}
