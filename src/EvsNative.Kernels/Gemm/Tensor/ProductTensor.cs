using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// The product y = rows x filter on tensor cores, the one way to multiply there: matrices, and convolutions whose rows are found, not
/// copied.
/// <code>
/// copy      pieces of 64 bytes of the tile's rows and columns to shared memory, Stages deep, past the registers where that is possible
/// multiply  for each two chunks: fragments of the warp's rows and columns, then all products of them
/// finish    a band of sums at a time to shared memory, then whole rows by <see cref="ProductEpilogueTensor"/>
/// order     the summed axis in pieces: kernel taps, then inputs, then channels; the same in every tile
/// reads     the inputs once for every tile across, the weights once for every tile down
/// floor     2 M N K / (multiprocessors * 2048 * clock) seconds by mma.sync on sm_80, twice as many where numbers are float32
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class ProductTensor(GpuRuntime gpu, Type? tile = null)
{
    // A row of either operand in shared memory: 64 bytes.
    private const int Chunks = 4, RowBytes = Chunks * SharedRows.ChunkBytes;

    private readonly KernelVariants<ProductArgsTensor> _variants = new(gpu, typeof(ProductTensor));

    /// <summary>Runs a product of which everything is known but the tile and what follows from it.</summary>
    public void Run(Type form, Tensor y, Tensor x, Filter filter, ProductArgsTensor args)
    {
        var plan = ProductPlanTensor.Choose(gpu.Caps, args.Size(y.Type.Bytes(), ProductPlanTensor.FactorsOf(x.Type, filter.Storage)), tile);
        (args.TilesDown, args.TilesAcross, args.BandTiles, args.Pieces) = (plan.TilesDown, plan.TilesAcross, plan.BandTiles, plan.Pieces);
        var needs = new GpuKernelOptions(plan.SharedBytes, plan.Tile.Groups);
        _variants.Get(plan.Threads, needs, plan.Numbers, y.Type.ResultPolicy(), plan.Tile.Tile, plan.Staging, form)
            .Launch(new Groups(plan.Groups), args);
    }

    private static void Kernel<TNumbers, TY, TTile, TStaging, TForm>(ProductArgsTensor args)
        where TNumbers : struct, IMatrixNumbers
        where TY : struct, IProductResult
        where TTile : struct, IProductTileTensor
        where TStaging : struct, IProductStaging
        where TForm : struct, IProductForm
    {
        SharedMemory.GetDynamic<Four>();
        var places = SharedMemory.Allocate<WindowPlace>(TileRows<TTile>() + 1);
        var sums = LocalMemory.Allocate<float>(8 * TTile.Rows16 * TTile.Columns16);
        var left = LocalMemory.Allocate<uint>(4 * TTile.Rows16);
        var right = LocalMemory.Allocate<uint>(4 * TTile.Columns16);
        var offsets = LocalMemory.Allocate<uint>(LeftCopies<TTile>());
        var columns = LocalMemory.Allocate<uint>(RightCopies<TTile>());
        var onTheirWay = LocalMemory.Allocate<uint>((TStaging.Registers * (LeftCopies<TTile>() + RightCopies<TTile>())) + 1);
        var weightsOnTheirWay = LocalMemory.Allocate<uint>(WidenedWeights.Registers * RightCopies<TTile>());

        int group = Grid.IdxX;
        if (TForm.HasPhases)
        {
            int tiles = args.TilesDown * args.TilesAcross, phase = group / tiles;
            group -= phase * tiles;
            (args.PhaseDown, args.PhaseRight) = (phase >> 1, phase & 1);
            args.Weights.Offset += (long)phase * args.Columns * args.WeightChunks * TNumbers.ChunkNumbers;
        }

        // Columns of tiles are walked in bands, each from top to bottom, its tiles of a row one after the other.
        int bandSize = args.BandTiles * args.TilesDown, band = group / bandSize, inBand = group - (band * bandSize);
        int bandWidth = IntrinsicMath.Min(args.BandTiles, args.TilesAcross - (band * args.BandTiles)), down = inBand / bandWidth;
        int firstRow = down * TileRows<TTile>();
        int firstColumn = ((band * args.BandTiles) + inBand - (down * bandWidth)) * TileColumns<TTile>();
        int thread = Group.IdxX, lane = thread & 31, warp = thread >> 5;
        int warpDown = warp / TTile.WarpsAcross, warpAcross = warp & (TTile.WarpsAcross - 1);

        // This thread copies chunk `part` of row `row` and of those RowStep apart, on both sides.
        int row = thread / Chunks, part = thread & (Chunks - 1);
        for (int i = 0; i < RightCopies<TTile>(); i++)
        {
            int column = IntrinsicMath.Min(row + (i * RowStep<TTile>()), args.Columns - 1 - firstColumn);
            columns[i] = TensorIntrinsics.Pinned((uint)((column * args.WeightChunks) + part));
        }

        if (TForm.IsConvolution)
        {
            places[thread] = ProductWindowsTensor.Place(args, firstRow, firstRow + thread);
            if (thread == 0) places[TileRows<TTile>()] = new WindowPlace { Pixel = ProductWindowsTensor.FirstPixel(args, firstRow) };
            Threads.Wait();
        }

        // Addresses in the first stage: what this thread writes; then its rows for ldmatrix, of both pairs of chunks.
        uint shared = TensorIntrinsics.SharedBase(), stages = TensorIntrinsics.Pinned(shared);
        uint end = TensorIntrinsics.Pinned(shared + (uint)(TStaging.Stages * StageBytes<TTile>()));
        uint write = TensorIntrinsics.Pinned((uint)SharedRows.Place(Chunks, row, part));
        int leftRow = (warpDown * 16 * TTile.Rows16) + (lane & 15);
        int rightRow = (warpAcross * 16 * TTile.Columns16) + ((lane >> 4) * 8) + (lane & 7);
        uint left0 = TensorIntrinsics.Pinned((uint)SharedRows.Place(Chunks, leftRow, lane >> 4));
        uint left1 = TensorIntrinsics.Pinned(left0 ^ 32);
        uint right0 = TensorIntrinsics.Pinned((uint)(LeftBytes<TTile>() + SharedRows.Place(Chunks, rightRow, (lane >> 3) & 1)));
        uint right1 = TensorIntrinsics.Pinned(right0 ^ 32);

        for (int i = 0; i < 8 * TTile.Rows16 * TTile.Columns16; i++) sums[i] = 0;
        ProductWalkTensor walk = default;
        uint to = stages + write, last = TensorIntrinsics.Pinned(to + (uint)((TStaging.Stages - 1) * StageBytes<TTile>()));
        while (to < last)
        {
            if (walk.Left == 0)
                ProductRunsTensor.Begin<TNumbers, TForm>(args, ref walk, offsets, places, firstRow, firstColumn, row, RowStep<TTile>(),
                    LeftCopies<TTile>(), part);
            Fetch<TNumbers, TTile, TStaging>(ref walk, offsets, columns, onTheirWay, weightsOnTheirWay, to);
            Land<TNumbers, TTile, TStaging>(onTheirWay, weightsOnTheirWay, to);
            to += (uint)StageBytes<TTile>();
        }

        uint stage = stages;
        for (int piece = 0; piece < args.Pieces; piece++)
        {
            TStaging.Wait();
            if (walk.Left == 0)
                ProductRunsTensor.Begin<TNumbers, TForm>(args, ref walk, offsets, places, firstRow, firstColumn, row, RowStep<TTile>(),
                    LeftCopies<TTile>(), part);
            Load<TNumbers, TTile>(left, right, stage + left0, stage + right0);
            Fetch<TNumbers, TTile, TStaging>(ref walk, offsets, columns, onTheirWay, weightsOnTheirWay, to);
            FragmentArrays.Multiply<TNumbers>(sums, left, TTile.Rows16, right, TTile.Columns16);
            Load<TNumbers, TTile>(left, right, stage + left1, stage + right1);
            FragmentArrays.Multiply<TNumbers>(sums, left, TTile.Rows16, right, TTile.Columns16);
            Land<TNumbers, TTile, TStaging>(onTheirWay, weightsOnTheirWay, to);
            to = stage + write;
            stage += (uint)StageBytes<TTile>();
            if (stage == end) stage = stages;
            PtxIntrinsics.Pin();
        }

        TStaging.WaitForAll();
        uint bands = TensorIntrinsics.Pinned((uint)TTile.WarpsDown);
        for (int i = 0; i < bands; i++)
        {
            Threads.Wait();
            if (warpDown == i)
                SharedSums.Put(sums, TTile.Rows16, 2 * TTile.Columns16, stages, SharedSums.RowBytes(TileColumns<TTile>()),
                    warpAcross * 16 * TTile.Columns16, lane);
            Threads.Wait();
            ProductEpilogueTensor.Store<TNumbers, TY, TForm>(args, stages, firstRow + (i * 16 * TTile.Rows16), 16 * TTile.Rows16,
                firstColumn, TileColumns<TTile>(), GroupThreads<TTile>());
        }
    }

    /// <summary>Brings the fragments of two chunks of the warp's rows and columns.</summary>
    private static void Load<TNumbers, TTile>(ArrayView<uint> left, ArrayView<uint> right, uint fromLeft, uint fromRight)
        where TNumbers : struct, IMatrixNumbers
        where TTile : struct, IProductTileTensor
    {
        FragmentArrays.Load(left, TTile.Rows16, fromLeft, 16 * RowBytes);
        FragmentArrays.Load(right, TTile.Columns16, fromRight, 16 * RowBytes);
        if (TNumbers.RoundsRows) FragmentArrays.Round(left, TTile.Rows16);
        if (TNumbers.RoundsColumns) FragmentArrays.Round(right, TTile.Columns16);
    }

    /// <summary>Starts all copies of a piece.</summary>
    private static void Fetch<TNumbers, TTile, TStaging>(ref ProductWalkTensor walk, ArrayView<uint> offsets, ArrayView<uint> columns,
        ArrayView<uint> onTheirWay, ArrayView<uint> weightsOnTheirWay, uint to)
        where TNumbers : struct, IMatrixNumbers
        where TTile : struct, IProductTileTensor
        where TStaging : struct, IProductStaging
    {
        for (int i = 0; i < LeftCopies<TTile>(); i++)
        {
            TStaging.Fetch(onTheirWay, i, to + (uint)(i * RowStep<TTile>() * RowBytes), walk.X + ((ulong)offsets[i] * 16),
                walk.Inside, 1 << i);
        }

        for (int i = 0; i < RightCopies<TTile>(); i++)
        {
            ulong from = walk.Weights + ((ulong)columns[i] * (ulong)TNumbers.WeightBytes);
            if (IsWidened<TNumbers>()) WidenedWeights.Fetch(weightsOnTheirWay, i, from, walk.Inside, 1 << ProductWalkTensor.WeightsBit);
            else
            {
                TStaging.Fetch(onTheirWay, LeftCopies<TTile>() + i, to + (uint)(LeftBytes<TTile>() + (i * RowStep<TTile>() * RowBytes)),
                    from, walk.Inside, 1 << ProductWalkTensor.WeightsBit);
            }
        }

        walk.X += RowBytes;
        walk.Weights += (ulong)(Chunks * TNumbers.WeightBytes);
        walk.Left--;
    }

    private static void Land<TNumbers, TTile, TStaging>(ArrayView<uint> onTheirWay, ArrayView<uint> weightsOnTheirWay, uint to)
        where TNumbers : struct, IMatrixNumbers
        where TTile : struct, IProductTileTensor
        where TStaging : struct, IProductStaging
    {
        for (int i = 0; i < LeftCopies<TTile>(); i++) TStaging.Land(onTheirWay, i, to + (uint)(i * RowStep<TTile>() * RowBytes));
        for (int i = 0; i < RightCopies<TTile>(); i++)
        {
            uint place = to + (uint)(LeftBytes<TTile>() + (i * RowStep<TTile>() * RowBytes));
            if (IsWidened<TNumbers>()) WidenedWeights.Land(weightsOnTheirWay, i, place);
            else TStaging.Land(onTheirWay, LeftCopies<TTile>() + i, place);
        }

        TStaging.End();
    }

    private static bool IsWidened<TNumbers>() where TNumbers : struct, IMatrixNumbers => TNumbers.WeightBytes != SharedRows.ChunkBytes;

    private static int GroupThreads<TTile>() where TTile : struct, IProductTileTensor => 32 * TTile.WarpsDown * TTile.WarpsAcross;

    private static int TileRows<TTile>() where TTile : struct, IProductTileTensor => 16 * TTile.Rows16 * TTile.WarpsDown;

    private static int TileColumns<TTile>() where TTile : struct, IProductTileTensor => 16 * TTile.Columns16 * TTile.WarpsAcross;

    private static int LeftBytes<TTile>() where TTile : struct, IProductTileTensor => TileRows<TTile>() * RowBytes;

    private static int StageBytes<TTile>() where TTile : struct, IProductTileTensor =>
        (TileRows<TTile>() + TileColumns<TTile>()) * RowBytes;

    /// <summary>Rows that a group copies at once; a multiple of 8, so that chunks of a thread change places alike.</summary>
    private static int RowStep<TTile>() where TTile : struct, IProductTileTensor => GroupThreads<TTile>() / Chunks;

    private static int LeftCopies<TTile>() where TTile : struct, IProductTileTensor => TileRows<TTile>() / RowStep<TTile>();

    private static int RightCopies<TTile>() where TTile : struct, IProductTileTensor => TileColumns<TTile>() / RowStep<TTile>();
}
