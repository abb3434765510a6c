using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Where a thread is on its way along the summed axis: taps, then inputs, then channels. A run is a number of pieces of one input under one
/// tap that are copied alike; what differs between runs is computed when one begins.
/// </summary>
internal struct ProductWalkTensor
{
    /// <summary>Where this thread's chunks of the next piece are: of the tile's first pixel, and of its first column's weights.</summary>
    public ulong X, Weights;

    /// <summary>Bit i: the i-th row that this thread copies is inside. Bit <see cref="WeightsBit"/>: so are the weights.</summary>
    public int Inside;

    /// <summary>Pieces that are left of the run.</summary>
    public int Left;

    /// <summary>Chunks of the input under the tap that runs have begun to copy.</summary>
    public int Chunk;

    /// <summary>Twice the tap, and one more for the second input.</summary>
    public int Tap;

    public const int WeightsBit = 30;
}

/// <summary>The beginning of a run.</summary>
internal static class ProductRunsTensor
{
    // Chunks of a piece.
    private const int Depth = 4;

    /// <summary>
    /// Begins the next run: whole pieces first, then what is left of the input's channels, with zeros behind them. Behind the last run
    /// zeros are copied for ever.
    /// </summary>
    /// <param name="args">of the kernel</param>
    /// <param name="walk">where the thread is</param>
    /// <param name="offsets">chunks from the tile's first pixel to those under the rows that this thread copies</param>
    /// <param name="places">windows of the tile's rows, for convolutions</param>
    /// <param name="firstRow">of the tile</param>
    /// <param name="firstColumn">of the tile</param>
    /// <param name="row">the first row of the tile that this thread copies</param>
    /// <param name="rowStep">rows to the next one</param>
    /// <param name="copies">how many</param>
    /// <param name="part">which chunk of a piece</param>
    public static void Begin<TNumbers, TForm>(ProductArgsTensor args, ref ProductWalkTensor walk, ArrayView<uint> offsets,
        ArrayView<WindowPlace> places, int firstRow, int firstColumn, int row, int rowStep, int copies, int part)
        where TNumbers : struct, IMatrixNumbers
        where TForm : struct, IProductForm
    {
        int isSecond = TForm.IsConvolution ? walk.Tap & 1 : 0, chunks = isSecond != 0 ? args.Chunks2 : args.Chunks;
        if (walk.Chunk == chunks)
        {
            walk.Chunk = 0;
            walk.Tap += TForm.IsConvolution & args.Chunks2 > 0 ? 1 : 2;
            isSecond = TForm.IsConvolution ? walk.Tap & 1 : 0;
            chunks = isSecond != 0 ? args.Chunks2 : args.Chunks;
        }

        int tap = walk.Tap >> 1, rest = chunks - walk.Chunk, whole = rest / Depth, isWhole = whole > 0 ? 1 : 0;
        bool isOver = tap >= args.Kernel * args.Kernel, isWanted = !isOver & (isWhole != 0 | part < rest);
        long firstPixel = TForm.IsConvolution ? places[rowStep * copies].Pixel : firstRow;
        long walked = (tap * (args.Chunks + args.Chunks2)) + (isSecond * args.Chunks) + walk.Chunk;
        ulong x = isSecond != 0 ? Address<TNumbers>(args.X2) : Address<TNumbers>(args.X);
        walk.X = x + (ulong)(((firstPixel * chunks) + walk.Chunk) * 16);
        ulong weights = TensorIntrinsics.GlobalAddress(ref args.Weights.Memory[0]);
        if (TForm.HasPhases) weights += (ulong)(args.Weights.Offset * (TNumbers.WeightBytes / TNumbers.ChunkNumbers));
        walk.Weights = weights + (ulong)((((long)firstColumn * args.WeightChunks) + walked) * TNumbers.WeightBytes);
        walk.Inside = isWanted ? 1 << ProductWalkTensor.WeightsBit : 0;
        int down = tap / args.Kernel, right = tap - (down * args.Kernel);
        for (int i = 0; i < copies; i++)
        {
            int at = row + (i * rowStep), pixel = firstRow + at < args.Rows ? at : -1;
            if (TForm.IsConvolution) pixel = ProductWindowsTensor.Pixel(args, places[at], down, right);
            bool isInside = isWanted & pixel >= 0;
            walk.Inside |= isInside ? 1 << i : 0;
            offsets[i] = isInside ? (uint)((pixel * chunks) + part) : 0;
        }

        walk.Left = isOver ? int.MaxValue : whole + 1 - isWhole;
        walk.Chunk += isWhole != 0 ? whole * Depth : rest;
    }

    private static ulong Address<TNumbers>(Operand x) where TNumbers : struct, IMatrixNumbers =>
        TensorIntrinsics.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * (16 / TNumbers.ChunkNumbers));
}
