using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// The product y = rows x filter of the portable backend, the one way to multiply there: matrices, and convolutions whose rows are found,
/// not copied.
/// <code>
/// groups a tile of the result each, those of a row of tiles one after the other, so that its inputs stay in the cache
/// order  the summed axis in pieces: kernel taps, then inputs, then channels; the next piece is read while one is multiplied
/// reads  the inputs once for every tile across, the weights once for every tile down
/// floor  2 M N K / (multiprocessors * 128 * 2 * clock) seconds on GPUs of 128 lanes
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="tile">the only tile to use, for tests</param>
internal sealed class ProductPortable(GpuRuntime gpu, Type? tile = null)
{
    private readonly KernelVariants<ProductArgsPortable> _variants = new(gpu, typeof(ProductPortable));

    /// <summary>Runs a product of which everything is known but the tile and what follows from it.</summary>
    public void Run(Type form, Tensor y, Tensor x, Filter filter, ProductArgsPortable args)
    {
        var plan = ProductPlanPortable.Choose(gpu.Caps, args.Size, tile);
        int taps = filter.Shape.Kernel * filter.Shape.Kernel;
        args.TilesAcross = plan.TilesAcross;
        args.Pieces = taps * plan.Pieces;
        args.Epilogue.SectionColumns = args.Columns / filter.Shape.Sections;
        _variants.Get(plan.Threads, x.Type.Policy(), y.Type.Policy(), filter.Order(), plan.Tile, form)
            .Launch(new Groups(plan.Groups), args);
    }

    private static void Kernel<TX, TY, TW, TTile, TForm>(ProductArgsPortable args)
        where TX : struct, IElement
        where TY : struct, IElement
        where TW : struct, IWeightOrder
        where TTile : struct, IProductTile
        where TForm : struct, IProductForm
    {
        // Inputs lie transposed, a row of the tile for each channel; four more numbers spread the rows over the banks.
        var left = SharedMemory.Allocate<Four>(TTile.Depth * ((TTile.Rows / 4) + 1));
        var right = SharedMemory.Allocate<Four>(TTile.Depth * TTile.Columns / 4);
        var sums = LocalMemory.Allocate<float>(TTile.ThreadRows * TTile.ThreadColumns);
        var nextLeft = LocalMemory.Allocate<float>(4 * LeftFours<TTile>());
        var nextRight = LocalMemory.Allocate<float>(4 * RightFours<TTile>());
        var pixels = LocalMemory.Allocate<int>(LeftFours<TTile>());
        var places = LocalMemory.Allocate<int>(3 * LeftFours<TTile>());

        var toLeft = left.Cast<float>().SubView((4 * LeftPart<TTile>() * (TTile.Rows + 4)) + LeftRow<TTile>(0));
        var toRight = right.SubView((RightRow<TTile>(0) * (TTile.Columns / 4)) + RightPart<TTile>());
        int down = Grid.IdxX / args.TilesAcross;
        int firstRow = down * TTile.Rows, firstColumn = (Grid.IdxX - (down * args.TilesAcross)) * TTile.Columns;
        for (int i = 0; i < LeftFours<TTile>(); i++)
        {
            int row = firstRow + LeftRow<TTile>(i);
            if (TForm.IsConvolution) ProductWindowsPortable.Place(args, places, i, row);
            else pixels[i] = row < args.Rows ? row : -1;
        }

        for (int i = 0; i < TTile.ThreadRows * TTile.ThreadColumns; i++) sums[i] = 0;
        int tapDown = 0, tapRight = 0, isSecond = 0, channel = 0, weightRow = 0;
        for (int piece = 0; piece <= args.Pieces; piece++)
        {
            if (piece < args.Pieces)
            {
                if (TForm.IsConvolution && channel == 0 && isSecond == 0)
                {
                    for (int i = 0; i < LeftFours<TTile>(); i++)
                        pixels[i] = ProductWindowsPortable.Pixel(args, places, i, tapDown, tapRight);
                }

                int channels = TForm.IsConvolution && isSecond != 0 ? args.Channels2 : args.Channels;
                if (TForm.IsConvolution && isSecond != 0)
                    FetchLeft<TX, TTile>(nextLeft, args.X2, pixels, channel, channels, args.ReadsFours);
                else FetchLeft<TX, TTile>(nextLeft, args.X, pixels, channel, channels, args.ReadsFours);
                int count = IntrinsicMath.Min(TTile.Depth, channels - channel);
                FetchRight<TW, TTile>(nextRight, args, weightRow, count, firstColumn);
                weightRow += count;
                channel += count;
                if (TForm.IsConvolution && channel == channels)
                {
                    channel = 0;
                    isSecond = isSecond == 0 && args.Channels2 > 0 ? 1 : 0;
                    if (isSecond == 0) tapRight++;
                    if (tapRight == args.Kernel)
                    {
                        tapRight = 0;
                        tapDown++;
                    }
                }
            }

            if (piece > 0)
            {
                if (TTile.ThreadRows == 1)
                    MultiplyRow<TTile>(sums, left.Cast<float>().SubView(ThreadDown<TTile>()), right.SubView(ThreadAcross<TTile>()));
                else Multiply<TTile>(sums, left.SubView(ThreadDown<TTile>()), right.SubView(ThreadAcross<TTile>()));
            }

            Threads.Wait();
            Put<TTile>(toLeft, nextLeft, toRight, nextRight);
            Threads.Wait();
        }

        for (int j = 0; j < TTile.ThreadColumns / 4; j++)
        {
            int column = firstColumn + ColumnOf<TTile>(j);
            if (column >= args.Columns) continue;
            if (TW.HasEmptyFours && ProductEpiloguePortable.IsEmpty<TForm>(args, column)) continue;
            var bias = ProductEpiloguePortable.Bias<TTile, TForm>(args, column);
            for (int i = 0; i < TTile.ThreadRows; i++)
            {
                int row = firstRow + RowOf<TTile>(i), at = (i * TTile.ThreadColumns) + (4 * j);
                if (row >= args.Rows) continue;
                var sum = Four.Of(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]);
                ProductEpiloguePortable.Store<TY, TTile, TForm>(args, row, column, sum, bias);
            }
        }
    }

    /// <summary>Four neighbouring channels of each of the rows that this thread reads; zeros outside.</summary>
    private static void FetchLeft<TX,
        TTile>(ArrayView<float> next, Operand x, ArrayView<int> pixels, int channel, int channels, int isWhole)
        where TX : struct, IElement
        where TTile : struct, IProductTile
    {
        int at = channel + (4 * LeftPart<TTile>());
        for (int i = 0; i < LeftFours<TTile>(); i++)
        {
            var v = Four.Of(0, 0, 0, 0);
            if (pixels[i] >= 0 && at < channels)
            {
                v = ProductEpiloguePortable.Load<TX, TTile>(x, ((long)pixels[i] * channels) + at, channels - at, isWhole);
            }

            Keep(next, 4 * i, v);
        }
    }

    /// <summary>
    /// Four neighbouring columns of each of the weights' rows that this thread reads; zeros behind the last row and the last column.
    /// </summary>
    private static void FetchRight<TW, TTile>(ArrayView<float> next, ProductArgsPortable args, int weightRow, int count, int firstColumn)
        where TW : struct, IWeightOrder
        where TTile : struct, IProductTile
    {
        int column = firstColumn + (4 * RightPart<TTile>());
        for (int i = 0; i < RightFours<TTile>(); i++)
        {
            int k = RightRow<TTile>(i);
            var v = Four.Of(0, 0, 0, 0);
            if (k < count && column < args.Columns) v = TW.LoadFour(args, weightRow + k, column);
            Keep(next, 4 * i, v);
        }
    }

    /// <summary>Stores what was read; both views begin at this thread's first place.</summary>
    private static void Put<TTile>(ArrayView<float> left, ArrayView<float> nextLeft, ArrayView<Four> right, ArrayView<float> nextRight)
        where TTile : struct, IProductTile
    {
        for (int i = 0; i < LeftFours<TTile>(); i++)
        {
            for (int k = 0; k < 4; k++) left[(k * (TTile.Rows + 4)) + (i * LeftStep<TTile>())] = nextLeft[(4 * i) + k];
        }

        for (int i = 0; i < RightFours<TTile>(); i++)
        {
            if (GroupThreads<TTile>() * RightFours<TTile>() == TTile.Columns * TTile.Depth / 4 || RightRow<TTile>(i) < TTile.Depth)
            {
                right[i * RightStep<TTile>() * (TTile.Columns / 4)] =
                    Four.Of(nextRight[4 * i], nextRight[(4 * i) + 1], nextRight[(4 * i) + 2], nextRight[(4 * i) + 3]);
            }
        }
    }

    /// <summary>
    /// Adds the products of a piece. Both views begin at this thread's first row and column and go on with each channel, so that all other
    /// places are constants.
    /// </summary>
    private static void Multiply<TTile>(ArrayView<float> sums, ArrayView<Four> left, ArrayView<Four> right)
        where TTile : struct, IProductTile
    {
        var a = LocalMemory.Allocate<float>(TTile.ThreadRows);
        var b = LocalMemory.Allocate<float>(TTile.ThreadColumns);
        for (int k = 0; k < TTile.Depth; k++)
        {
            for (int i = 0; i < TTile.ThreadRows / 4; i++) Keep(a, 4 * i, left[i * ThreadsDown<TTile>()]);
            for (int j = 0; j < TTile.ThreadColumns / 4; j++) Keep(b, 4 * j, right[j * ThreadsAcross<TTile>()]);
            for (int i = 0; i < TTile.ThreadRows; i++)
            {
                for (int j = 0; j < TTile.ThreadColumns; j++) sums[(i * TTile.ThreadColumns) + j] += a[i] * b[j];
            }

            left = left.SubView((TTile.Rows / 4) + 1);
            right = right.SubView(TTile.Columns / 4);
        }
    }

    /// <summary>The same for one row to a thread.</summary>
    private static void MultiplyRow<TTile>(ArrayView<float> sums, ArrayView<float> left, ArrayView<Four> right)
        where TTile : struct, IProductTile
    {
        var b = LocalMemory.Allocate<float>(TTile.ThreadColumns);
        for (int k = 0; k < TTile.Depth; k++)
        {
            float a = left[0];
            for (int j = 0; j < TTile.ThreadColumns / 4; j++) Keep(b, 4 * j, right[j * ThreadsAcross<TTile>()]);
            for (int j = 0; j < TTile.ThreadColumns; j++) sums[j] += a * b[j];
            left = left.SubView(TTile.Rows + 4);
            right = right.SubView(TTile.Columns / 4);
        }
    }

    private static void Keep(ArrayView<float> to, int at, Four v)
    {
        to[at] = v.A;
        to[at + 1] = v.B;
        to[at + 2] = v.C;
        to[at + 3] = v.D;
    }

    private static int ThreadsAcross<TTile>() where TTile : struct, IProductTile => TTile.Columns / TTile.ThreadColumns;

    private static int ThreadsDown<TTile>() where TTile : struct, IProductTile => TTile.Rows / TTile.ThreadRows;

    private static int GroupThreads<TTile>() where TTile : struct, IProductTile => ThreadsDown<TTile>() * ThreadsAcross<TTile>();

    private static int ThreadAcross<TTile>() where TTile : struct, IProductTile => Group.IdxX & (ThreadsAcross<TTile>() - 1);

    private static int ThreadDown<TTile>() where TTile : struct, IProductTile => Group.IdxX / ThreadsAcross<TTile>();

    /// <summary>Fours of inputs, and of weights, that a thread reads of a piece.</summary>
    private static int LeftFours<TTile>() where TTile : struct, IProductTile => TTile.Rows * TTile.Depth / 4 / GroupThreads<TTile>();

    private static int RightFours<TTile>() where TTile : struct, IProductTile =>
        ((TTile.Columns * TTile.Depth / 4) + GroupThreads<TTile>() - 1) / GroupThreads<TTile>();

    /// <summary>Which four channels, and which four columns, this thread reads.</summary>
    private static int LeftPart<TTile>() where TTile : struct, IProductTile => Group.IdxX & ((TTile.Depth / 4) - 1);

    private static int RightPart<TTile>() where TTile : struct, IProductTile => Group.IdxX & ((TTile.Columns / 4) - 1);

    /// <summary>Which row of the tile, and which row of the piece's weights, the i-th four belong to.</summary>
    private static int LeftRow<TTile>(int i) where TTile : struct, IProductTile =>
        (Group.IdxX / (TTile.Depth / 4)) + (i * LeftStep<TTile>());

    private static int RightRow<TTile>(int i) where TTile : struct, IProductTile =>
        (Group.IdxX / (TTile.Columns / 4)) + (i * RightStep<TTile>());

    private static int LeftStep<TTile>() where TTile : struct, IProductTile => GroupThreads<TTile>() / (TTile.Depth / 4);

    private static int RightStep<TTile>() where TTile : struct, IProductTile => GroupThreads<TTile>() / (TTile.Columns / 4);

    /// <summary>The i-th row of this thread: fours of neighbours, each thread's next to the other's.</summary>
    private static int RowOf<TTile>(int i) where TTile : struct, IProductTile =>
        TTile.ThreadRows == 1 ? ThreadDown<TTile>() : (4 * ((i / 4 * ThreadsDown<TTile>()) + ThreadDown<TTile>())) + (i % 4);

    /// <summary>The first of the j-th four columns of this thread.</summary>
    private static int ColumnOf<TTile>(int j) where TTile : struct, IProductTile =>
        4 * ((j * ThreadsAcross<TTile>()) + ThreadAcross<TTile>());
}
