using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How a product is cut for a device: by its capabilities and by shapes alone. The number of images may choose the tile, since every tile
/// adds up the same products in the same order: the bits do not depend on it.
/// </summary>
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
    /// <param name="size">of the product</param>
    /// <param name="only">the only tile to think of, or null</param>
    /// <exception cref="DeviceException">the device has not the threads or the memory of any tile</exception>
    public static ProductPlanPortable Choose(GpuCaps caps, ProductSizePortable size, Type? only = null)
    {
        ProductTileSize best = default;
        double least = double.PositiveInfinity;
        foreach (var tile in Tiles)
        {
            if (only is null ? !tile.Suits(caps, size) : tile.Tile != only) continue;
            double cost = Cost(caps, tile, size.Rows, size.Columns);
            if (cost >= least) continue;
            (best, least) = (tile, cost);
        }

        if (best.Tile is null) throw new DeviceException($"{caps.Name} {caps.Shortfall ?? "has no room for any tile of a product"}");
        int across = Blocks(size.Columns, best.Columns);
        int pieces = Blocks(size.Channels, best.Depth) + (size.Channels2 > 0 ? Blocks(size.Channels2, best.Depth) : 0);
        return new ProductPlanPortable(best.Tile, best.Threads, checked(across * Blocks(size.Rows, best.Rows)), across, pieces);
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

/// <summary>What a plan asks of a product.</summary>
/// <param name="Rows">of the result</param>
/// <param name="Columns">of the packed filter</param>
/// <param name="Channels">of the first input</param>
/// <param name="Channels2">of the second, or 0</param>
/// <param name="IsSimple">all rows can be moved four elements at a time, and there is no activation</param>
internal readonly record struct ProductSizePortable(int Rows, int Columns, int Channels, int Channels2, bool IsSimple);

/// <summary>A tile's constants as values.</summary>
/// <param name="Tile">the policy</param>
/// <param name="Rows">of a group</param>
/// <param name="Columns">of a group</param>
/// <param name="Depth">channels in shared memory</param>
/// <param name="Threads">of a group</param>
/// <param name="ThreadSums">that a thread keeps in registers</param>
/// <param name="IsGeneral">it takes products that are not simple</param>
/// <param name="Cost">of a multiply-add</param>
internal readonly record struct ProductTileSize(Type Tile, int Rows, int Columns, int Depth, int Threads, int ThreadSums, bool IsGeneral,
    double Cost)
{
    public static ProductTileSize Of<TTile>(double cost) where TTile : struct, IProductTile
    {
        int sums = TTile.ThreadRows * TTile.ThreadColumns;
        return new(typeof(TTile), TTile.Rows, TTile.Columns, TTile.Depth, TTile.Rows * TTile.Columns / sums, sums, TTile.IsGeneral, cost);
    }

    /// <summary>Shared memory of a group.</summary>
    public int SharedBytes => sizeof(float) * Depth * (Rows + 4 + Columns);

    /// <summary>
    /// True if the device has the threads and the memory. Thirty-two sums of a thread are too many for Intel's registers, and for compilers
    /// that turn threads into loops.
    /// </summary>
    public bool Suits(GpuCaps caps, ProductSizePortable size) => Threads <= caps.MaxThreads && SharedBytes <= caps.SharedBytes
        && (IsGeneral || size.IsSimple)
        && (ThreadSums <= 16 || caps is { IsProcessor: false, Vendor: GpuVendor.Nvidia or GpuVendor.Amd });
}
