using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>How a product is cut for a device: by its capabilities and by shapes alone.</summary>
/// <param name="Tile">the policy of the tile</param>
/// <param name="Threads">of a group</param>
/// <param name="Groups">of the launch</param>
/// <param name="TilesAcross">tiles that hold all columns of a row</param>
/// <param name="Pieces">of the summed axis, for each tap</param>
internal readonly record struct ProductPlanPortable(Type Tile, int Threads, int Groups, int TilesAcross, int Pieces)
{
    /// <summary>All tiles; cost is what a multiply-add takes in it, in those of the largest.</summary>
    internal static readonly ProductTileSize[] Tiles =
    [
        ProductTileSize.Of<LargeTile>(1),
        ProductTileSize.Of<TallTile>(1.15),
        ProductTileSize.Of<SmallTile>(1.5),
        ProductTileSize.Of<NarrowTile>(5),
        ProductTileSize.Of<LowTile>(4),
    ];

    /// <param name="caps">the device</param>
    /// <param name="rows">of the result</param>
    /// <param name="columns">of the packed filter</param>
    /// <param name="channels">of the first input</param>
    /// <param name="channels2">of the second, or 0</param>
    /// <param name="only">the only tile to think of, or null</param>
    public static ProductPlanPortable Choose(GpuCaps caps, int rows, int columns, int channels, int channels2, Type? only = null)
    {
        var best = Tiles[2];
        double least = double.PositiveInfinity;
        foreach (var tile in Tiles)
        {
            if (only is null ? !tile.Suits(caps) : tile.Tile != only) continue;
            double cost = Cost(caps, tile, rows, columns);
            if (cost >= least) continue;
            (best, least) = (tile, cost);
        }

        int across = Blocks(columns, best.Columns);
        int pieces = Blocks(channels, best.Depth) + (channels2 > 0 ? Blocks(channels2, best.Depth) : 0);
        return new ProductPlanPortable(best.Tile, best.Threads, checked(across * Blocks(rows, best.Rows)), across, pieces);
    }

    /// <summary>Time of the last multiprocessor to finish: its tiles, each with all that it multiplies, wanted or not.</summary>
    private static double Cost(GpuCaps caps, ProductTileSize tile, int rows, int columns)
    {
        long groups = (long)Blocks(columns, tile.Columns) * Blocks(rows, tile.Rows);
        double waves = Math.Ceiling((double)groups / caps.Multiprocessors);
        return waves * tile.Rows * tile.Columns * tile.Cost;
    }

    private static int Blocks(int count, int size) => (count + size - 1) / size;
}

/// <summary>A tile's constants as values.</summary>
internal readonly record struct ProductTileSize(Type Tile, int Rows, int Columns, int Depth, int Threads, int ThreadSums, double Cost)
{
    public static ProductTileSize Of<TTile>(double cost) where TTile : struct, IProductTile =>
        new(typeof(TTile), TTile.Rows, TTile.Columns, TTile.Depth, TTile.Rows * TTile.Columns / (TTile.ThreadRows * TTile.ThreadColumns),
            TTile.ThreadRows * TTile.ThreadColumns, cost);

    /// <summary>Shared memory of a group.</summary>
    public int SharedBytes => sizeof(float) * Depth * (Rows + 4 + Columns);

    /// <summary>
    /// True if the device has the threads and the memory. Sixty-four sums of a thread are too many for Intel's registers, and for a compiler that turns threads
    /// into loops.
    /// </summary>
    public bool Suits(GpuCaps caps) => Threads <= caps.MaxThreads && SharedBytes <= caps.SharedBytes
        && (ThreadSums <= 16 || caps is { IsProcessor: false, Vendor: GpuVendor.Nvidia or GpuVendor.Amd });
}
