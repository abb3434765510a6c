using EvsNative.Kernels.Gemm;
using Xunit;

namespace EvsNative.Kernels.Tests;

/// <summary>How a product is cut for the processor's threads.</summary>
public class ProductCutsTests
{
    [Fact]
    public void Each_tile_of_each_panel_is_in_one_item()
    {
        foreach (var cuts in All())
        {
            int[,] times = new int[cuts.Tiles, cuts.Panels];
            for (int item = 0; item < cuts.Items; item++)
            {
                var (firstTile, endTile) = cuts.TilesOf(item);
                var (firstPanel, endPanel) = cuts.PanelsOf(item);
                Assert.InRange(endTile - firstTile, 1, cuts.MostTiles);
                Assert.InRange(endPanel - firstPanel, 1, cuts.MostPanels);
                for (int tile = firstTile; tile < endTile; tile++)
                    for (int panel = firstPanel; panel < endPanel; panel++) times[tile, panel]++;
            }

            Assert.All(times.Cast<int>(), n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void Items_fit_the_second_cache()
    {
        foreach (var cuts in All())
        {
            Assert.InRange(cuts.MostTiles, 1, 32);
            Assert.InRange(cuts.MostPanels, 1, 40);
        }
    }

    /// <summary>Tiles times panels of the busiest of two threads, over the half of all, for the products of a U-Net at 512 x 512.</summary>
    [Theory]
    [InlineData(4096, 320)]
    [InlineData(1024, 640)]
    [InlineData(256, 1280)]
    [InlineData(1024, 1024)]
    [InlineData(4096, 2560)]
    [InlineData(256, 10240)]
    public void Two_threads_get_equal_shares(int rows, int columns)
    {
        var cuts = ProductCuts.Of(2, (rows + 5) / 6, columns / 16, 40);
        int[] busy = new int[2];
        for (int item = 0; item < cuts.Items; item++)
        {
            var (tiles, panels) = (cuts.TilesOf(item), cuts.PanelsOf(item));
            busy[busy[0] <= busy[1] ? 0 : 1] += (tiles.End - tiles.First) * (panels.End - panels.First);
        }

        Assert.InRange(busy.Max() * 2.0 / busy.Sum(), 1, 1.03);
    }

    private static IEnumerable<ProductCuts> All() =>
        from threads in new[] { 1, 2, 3, 8, 64 }
        from tiles in new[] { 1, 2, 15, 16, 17, 43, 171, 683 }
        from panels in new[] { 1, 2, 20, 40, 41, 80, 320 }
        select ProductCuts.Of(threads, tiles, panels, 40);
}
