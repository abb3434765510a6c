using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class ProductPlanPortableTests
{
    private static readonly GpuCaps Processor = new() { Name = "processor", IsProcessor = true, Multiprocessors = 2, MaxThreads = 4096 };

    /// <summary>Rows, columns and channels of the models' products, from the vector of a time to a picture of a megapixel.</summary>
    private static readonly (int Rows, int Columns, int Channels, int Channels2)[] Products =
    [
        (1, 1280, 320, 0), (1, 1280, 1280, 0), (16, 320, 1280, 0), (77, 768, 768, 0), (154, 320, 768, 0), (256, 1280, 2560, 0),
        (64, 1280, 1280, 1280),
        (4096, 320, 4, 0), (4096, 4, 320, 0), (65_536, 960, 320, 0), (65_536, 2560, 320, 0), (65_536, 320, 320, 640), (16_384, 640, 640, 0),
        (1_048_576, 4, 128, 0), (1_048_576, 128, 128, 0), (16_777_216, 128, 256, 0), (3, 4, 1, 0), (100_000, 20, 33, 7),
    ];

    private static IEnumerable<GpuCaps> Devices => GpuProfiles.All.Append(Processor);

    [Fact]
    public void Every_tile_can_be_read_and_multiplied_by_its_threads_alike()
    {
        foreach (var tile in ProductPlanPortable.Tiles)
        {
            Assert.True(tile.Threads <= 256 && tile.SharedBytes <= 32 << 10, $"{tile}: {tile.SharedBytes} bytes");
            Assert.True(tile.Rows * tile.Depth % (4 * tile.Threads) == 0, $"{tile}: some threads read more of the inputs");
            Assert.True(tile.Threads % (tile.Depth / 4) == 0 && tile.Threads % (tile.Columns / 4) == 0,
                $"{tile}: places of reading do not repeat");
        }
    }

    [Fact]
    public void A_plan_covers_all_rows_and_columns_and_stays_within_the_device()
    {
        foreach (var caps in Devices)
        {
            foreach (var (rows, columns, channels, channels2) in Products)
            {
                var plan = ProductPlanPortable.Choose(caps, new ProductSizePortable(rows, columns, channels, channels2, channels % 4 == 0));
                var tile = ProductPlanPortable.Tiles.Single(t => t.Tile == plan.Tile);
                string what = $"{caps.Name}: {rows} x {columns}: {plan}";
                Assert.True(plan.Threads <= caps.MaxThreads && tile.SharedBytes <= caps.SharedBytes, what);
                Assert.True(plan.TilesAcross * tile.Columns >= columns && (plan.TilesAcross - 1) * tile.Columns < columns, what);
                long down = plan.Groups / plan.TilesAcross;
                Assert.True(plan.Groups % plan.TilesAcross == 0 && down * tile.Rows >= rows && (down - 1) * tile.Rows < rows, what);
                Assert.True(plan.Pieces * tile.Depth >= channels + channels2, what);
            }
        }
    }

    [Fact]
    public void A_device_without_room_for_any_tile_is_a_line_and_no_division_by_zero()
    {
        foreach (var caps in (GpuCaps[])[GpuProfiles.Intel with { MaxThreads = 64 }, GpuProfiles.Intel with { SharedBytes = 1 << 10 }])
        {
            var e = Assert.Throws<DeviceException>(() => Choose(caps, 100, 100, 100));
            Assert.Contains(caps.Shortfall!, e.Message, StringComparison.Ordinal);
        }

        Assert.All(GpuProfiles.All, caps => Assert.Null(caps.Shortfall));
    }

    [Fact]
    public void Few_rows_and_few_columns_waste_little()
    {
        foreach (var caps in Devices)
        {
            (int, int, int)[] products = [(1, 1280, 1280), (16, 1280, 320), (16_384, 4, 320), (262_144, 4, 128)];
            foreach (var (rows, columns, channels) in products)
            {
                var plan = Choose(caps, rows, columns, channels);
                var tile = ProductPlanPortable.Tiles.Single(t => t.Tile == plan.Tile);
                double made = (double)plan.Groups * tile.Rows * tile.Columns;
                Assert.True(made <= 16.0 * rows * columns, $"{caps.Name}: {rows} x {columns}: {plan} makes {made}");
            }
        }
    }

    [Fact]
    public void A_large_product_uses_the_large_tile_where_the_device_has_the_registers()
    {
        foreach (var caps in Devices)
        {
            var wanted = caps.Vendor is GpuVendor.Nvidia or GpuVendor.Amd ? typeof(LargeTile) : typeof(SmallTile);
            Assert.Equal(wanted, Choose(caps, 65_536, 1280, 1280).Tile);
        }
    }

    [Fact]
    public void A_product_that_would_leave_a_device_half_empty_uses_smaller_tiles()
    {
        Assert.Equal(typeof(SmallTile), Choose(GpuProfiles.Hopper, 256, 1280, 1280).Tile);
        Assert.Equal(typeof(LowTile), Choose(GpuProfiles.Hopper, 2, 1280, 1280).Tile);
        Assert.Equal(typeof(NarrowTile), Choose(GpuProfiles.Hopper, 65_536, 4, 320).Tile);
    }

    [Fact]
    public void What_is_not_simple_goes_to_a_general_tile()
    {
        foreach (var caps in Devices)
        {
            var plan = ProductPlanPortable.Choose(caps, new ProductSizePortable(65_536, 1280, 1280, 0, false));
            Assert.True(ProductPlanPortable.Tiles.Single(t => t.Tile == plan.Tile).IsGeneral, $"{caps.Name}: {plan}");
        }
    }

    private static ProductPlanPortable Choose(GpuCaps caps, int rows, int columns, int channels) =>
        ProductPlanPortable.Choose(caps, new ProductSizePortable(rows, columns, channels, 0, true));
}
