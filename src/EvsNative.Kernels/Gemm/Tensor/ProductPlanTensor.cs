using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// How a product is cut for tensor cores: by a device's capabilities and by shapes alone. The number of images may choose the tile, since
/// every tile adds up the same products in the same order: the bits do not depend on it.
/// </summary>
/// <param name="Tile">its constants</param>
/// <param name="Numbers">the policy of what is multiplied</param>
/// <param name="Staging">the policy of copies</param>
/// <param name="Stages">pieces in shared memory</param>
/// <param name="SharedBytes">dynamic shared memory of a group</param>
/// <param name="TilesDown">tiles that hold all rows</param>
/// <param name="TilesAcross">tiles that hold all columns</param>
/// <param name="Pieces">of the summed axis</param>
/// <param name="Phases">results that are made of so many tiles each</param>
internal readonly record struct ProductPlanTensor(ProductTileSizeTensor Tile, Type Numbers, Type Staging, int Stages, int SharedBytes,
    int TilesDown, int TilesAcross, int Pieces, int Phases)
{
    private const int MostTuringGroups = 2;

    // Chunks of a piece, and bytes of a row in shared memory.
    private const int PieceChunks = 4, RowBytes = 64;

    // Of shared memory: what the driver keeps for each group; a row's window, of which there is one more, in whole chunks.
    private const int ReservedBytes = 1 << 10, WindowBytes = 8;

    /// <summary>
    /// Tiles of columns that are walked together. The groups that run at a time are then about as many down as across: they read least,
    /// and the weights of a band stay in the second cache while all rows pass.
    /// </summary>
    private const int MostBandTiles = 16;

    /// <summary>
    /// All tiles, with the groups that a multiprocessor is to hold; cost is what a product takes in it, in those of the largest.
    /// </summary>
    internal static readonly ProductTileSizeTensor[] Tiles =
    [
        ProductTileSizeTensor.Of<Tile128x160>(2, 1),
        ProductTileSizeTensor.Of<Tile128x128>(2, 1.05),
        ProductTileSizeTensor.Of<Tile64x160>(3, 1.15),
        ProductTileSizeTensor.Of<Tile128x64>(3, 1.3),
        ProductTileSizeTensor.Of<Tile64x64>(5, 1.45),
    ];

    /// <summary>Threads of a group.</summary>
    public int Threads => Tile.Threads;

    /// <summary>Groups of the launch.</summary>
    public int Groups => checked(TilesDown * TilesAcross * Phases);

    /// <summary>Tiles of columns that are walked together, from top to bottom.</summary>
    public int BandTiles => Math.Min(TilesAcross, MostBandTiles);

    /// <param name="caps">a device with tensor cores</param>
    /// <param name="size">of the product</param>
    /// <param name="only">the only tile to think of, or null</param>
    public static ProductPlanTensor Choose(GpuCaps caps, ProductSizeTensor size, Type? only = null)
    {
        ProductTileSizeTensor best = default;
        double least = double.PositiveInfinity;
        foreach (var tile in Tiles)
        {
            if (only is null ? !Suits(caps, tile) : tile.Tile != only) continue;
            double cost = Cost(caps, tile, size);
            if (cost >= least) continue;
            (best, least) = (tile, cost);
        }

        // On sm_75 shared memory holds two groups of any tile: more would only take registers away.
        if (caps.TensorCores == TensorGeneration.Turing) best = best with { Groups = Math.Min(best.Groups, MostTuringGroups) };
        var (staging, stages) = StagingOf(caps, best);
        int pieces = size.Taps * (Blocks(size.Chunks, PieceChunks) + Blocks(size.Chunks2, PieceChunks));
        return new ProductPlanTensor(
            best, NumbersOf(caps, size.Factors), staging, stages, Shared(best, stages), Blocks(size.Rows, best.Rows),
            Blocks(size.Columns, best.Columns), pieces, size.Phases);
    }

    /// <summary>
    /// Global memory that a launch reads and writes, caches not counted: inputs once for each tile across, weights once for each tile
    /// down; the result; residuals; bias and vectors of images once for each time that a warp asks for them. Of a tile that hangs over,
    /// only what is there.
    /// </summary>
    public long Bytes(ProductSizeTensor size)
    {
        long pixel = (size.Chunks + size.Chunks2) * SharedRows.ChunkBytes, inputs = size.PixelReads * pixel * TilesAcross;

        // Behind the last column a warp reads the last one again instead of eight.
        long columns = size.Columns + (((TilesAcross * Tile.Columns) - size.Columns) / 8);
        long weights = TilesDown * columns * size.Taps * pixel;
        if (size.Factors == ProductFactors.SinglesByHalves) weights /= 2;

        // A warp reads the bias once for each band of its tile, there or not, and the vector of an image for each of its rows.
        int rowsAtOnce = Tile.Threads / (Tile.Columns / 8), rest = size.Rows % Tile.BandRows;
        long biases = (long)size.HasBias * TilesDown * (Tile.Rows / Tile.BandRows);
        long images = (size.Rows / Tile.BandRows * Blocks(Tile.BandRows, rowsAtOnce)) + Blocks(rest, rowsAtOnce);
        long vectors = (biases + (size.HasPerImage * images)) * (Tile.Threads / 32) * size.Columns * sizeof(float);
        return (inputs + weights + vectors + ((long)size.Rows * size.RowBytes)) * Phases;
    }

    /// <summary>What a product multiplies that the kernel takes.</summary>
    public static ProductFactors FactorsOf(ElementType inputs, WeightStorage weights) =>
        inputs == ElementType.Float16 ? ProductFactors.Halves
        : weights == WeightStorage.Float32 ? ProductFactors.Singles : ProductFactors.SinglesByHalves;

    private static Type NumbersOf(GpuCaps caps, ProductFactors factors) => factors switch
    {
        ProductFactors.Singles => typeof(Singles),
        ProductFactors.SinglesByHalves => typeof(SinglesByHalves),
        _ => caps.TensorCores == TensorGeneration.Turing ? typeof(HalvesTuring) : typeof(Halves),
    };

    // Threads of sm_75 hold no tile of 160 sums, and its copies pass through registers.
    private static bool Suits(GpuCaps caps, ProductTileSizeTensor tile) =>
        caps.TensorCores == TensorGeneration.Ampere || tile.ThreadSums <= 64;

    // As many stages as leave room for the groups that a multiprocessor is to hold; two if none do.
    private static (Type Staging, int Stages) StagingOf(GpuCaps caps, ProductTileSizeTensor tile)
    {
        if (caps.TensorCores == TensorGeneration.Turing) return (typeof(RegisterStages), 2);
        int room = ((caps.OptInSharedBytes + ReservedBytes) / tile.Groups) - ReservedBytes - (WindowBytes * (tile.Rows + 2));
        return Shared(tile, 4) <= room ? (typeof(FourStages), 4)
            : Shared(tile, 3) <= room ? (typeof(ThreeStages), 3)
            : (typeof(TwoStages), 2);
    }

    // The sums of a band take the stages' place.
    private static int Shared(ProductTileSizeTensor tile, int stages) =>
        Math.Max(stages * (tile.Rows + tile.Columns) * RowBytes, tile.BandRows * SharedSums.RowBytes(tile.Columns));

    /// <summary>Time of the last multiprocessor to finish: its tiles, each with all that it multiplies, wanted or not.</summary>
    private static double Cost(GpuCaps caps, ProductTileSizeTensor tile, ProductSizeTensor size)
    {
        long groups = (long)Blocks(size.Columns, tile.Columns) * Blocks(size.Rows, tile.Rows) * size.Phases;
        double waves = Math.Ceiling((double)groups / caps.Multiprocessors);
        return waves * tile.Rows * tile.Columns * tile.Cost;
    }

    private static int Blocks(int count, int size) => (count + size - 1) / size;
}

/// <summary>What is multiplied: inputs by weights.</summary>
internal enum ProductFactors
{
    /// <summary>binary16.</summary>
    Halves,

    /// <summary>float32, rounded to tf32.</summary>
    Singles,

    /// <summary>float32, rounded to tf32, by binary16.</summary>
    SinglesByHalves,
}

/// <summary>What a plan asks of a product.</summary>
/// <param name="Rows">of the result</param>
/// <param name="Columns">of the packed filter</param>
/// <param name="Chunks">of 16 bytes of a pixel of the first input</param>
/// <param name="Chunks2">of the second, or 0</param>
/// <param name="Taps">of the kernel</param>
/// <param name="PixelReads">pixels inside of the image under all taps of all rows</param>
/// <param name="RowBytes">of the result, of the residual and of moments</param>
/// <param name="HasBias">1 if there is one</param>
/// <param name="HasPerImage">1 if there are vectors of images</param>
/// <param name="Factors">what is multiplied</param>
/// <param name="Phases">results of so many rows each, with weights of their own</param>
internal readonly record struct ProductSizeTensor(int Rows, int Columns, int Chunks, int Chunks2, int Taps, long PixelReads, int RowBytes,
    int HasBias = 0, int HasPerImage = 0, ProductFactors Factors = ProductFactors.Halves, int Phases = 1);

/// <summary>A tile's constants as values.</summary>
/// <param name="Tile">the policy</param>
/// <param name="Rows">of a group</param>
/// <param name="Columns">of a group</param>
/// <param name="BandRows">of a row of warps</param>
/// <param name="Threads">of a group</param>
/// <param name="Groups">that a multiprocessor is to hold at once</param>
/// <param name="Cost">of a multiply-add</param>
internal readonly record struct ProductTileSizeTensor(Type Tile, int Rows, int Columns, int BandRows, int Threads, int Groups, double Cost)
{
    public static ProductTileSizeTensor Of<TTile>(int groups, double cost) where TTile : struct, IProductTileTensor => new(
        typeof(TTile), 16 * TTile.Rows16 * TTile.WarpsDown, 16 * TTile.Columns16 * TTile.WarpsAcross, 16 * TTile.Rows16,
        32 * TTile.WarpsDown * TTile.WarpsAcross, groups, cost);

    /// <summary>Sums that a thread keeps in registers.</summary>
    public int ThreadSums => Rows * Columns / Threads;
}
