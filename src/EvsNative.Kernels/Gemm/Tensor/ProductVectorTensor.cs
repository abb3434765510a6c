using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>What the kernel of few rows is told.</summary>
internal struct ProductVectorArgs
{
    public Operand X, Weights;

    /// <summary>Rows of the result, and numbers that are summed.</summary>
    public int Rows, Depth;

    public EpilogueArgsTensor Epilogue;
}

/// <summary>
/// The product of few rows, such as vectors of times, with weights in the order of tensor kernels. It multiplies in float32, since reading
/// the weights is all that takes time.
/// <code>
/// warps   two columns and four rows each; a lane reads 16 bytes of weights at a time, the warp 512 bytes in one piece
/// order   a lane adds up every 32nd eight channels, then lanes are added by halves: the same for each row, wherever it stands
/// reads   the weights once for every four rows, the rows once for every two columns
/// floor   the weights' bytes / bandwidth of memory
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
internal sealed class ProductVectorTensor(GpuRuntime gpu)
{
    /// <summary>Rows of an image up to which it is used. Images are not counted: who computes must not depend on their number.</summary>
    public const int MostRows = 8;

    private const int WarpColumns = 2, WarpRows = 4, Warps = 4, Eight = 8, Lanes = 32;

    // Registers for all that a lane has on its way, still sixteen warps of it.
    private readonly KernelVariants<ProductVectorArgs> _variants =
        new(gpu, typeof(ProductVectorTensor), options: new GpuKernelOptions(MinGroups: 4));

    /// <summary>True if a product can be done so.</summary>
    public static bool Takes(Tensor x, Filter filter) => x.Shape.Pixels <= MostRows && filter.Layout == FilterLayoutTensor.Layout
        && x.Offset * x.Type.Bytes() % 16 == 0;

    public void Run(in LinearCall call)
    {
        var (y, x, filter, epilogue) = call;
        var args = new ProductVectorArgs
        {
            X = x.Operand(),
            Weights = filter.Operand(),
            Rows = checked((int)y.Shape.Rows),
            Depth = filter.Shape.Depth,
            Epilogue = ProductArgumentsTensor.Epilogue(y, filter, epilogue),
        };
        var weights = filter.Storage == WeightStorage.Float32 ? typeof(EightFloats) : typeof(EightHalves);
        var inputs = x.Type == ElementType.Float32 ? typeof(EightFloats) : typeof(EightHalves);
        int columns = WarpColumns * Warps, across = (filter.Shape.Out + columns - 1) / columns;
        int down = (args.Rows + WarpRows - 1) / WarpRows;
        _variants.Get(Warps * Lanes, inputs, y.Type.Policy(), weights).Launch(new Groups(checked(across * down)), args);
    }

    private static void Kernel<TX, TY, TW>(ProductVectorArgs args)
        where TX : struct, IEightNumbers
        where TY : struct, IElement
        where TW : struct, IEightNumbers
    {
        var sums = LocalMemory.Allocate<float>(WarpRows * WarpColumns);
        var x = LocalMemory.Allocate<float>(Eight);
        var w = LocalMemory.Allocate<float>(WarpColumns * Eight);

        // Rows of one piece of weights follow one another, so that they find it in the cache.
        int down = (args.Rows + WarpRows - 1) / WarpRows, across = Grid.IdxX / down, lane = Group.IdxX & (Lanes - 1);
        int column = (((across * Warps) + (Group.IdxX / Lanes)) * WarpColumns), row = (Grid.IdxX - (across * down)) * WarpRows;
        ulong fromX = TensorIntrinsics.GlobalAddress(ref args.X.Memory[0]) + (ulong)(args.X.Offset * TX.Bytes);
        ulong fromW = TensorIntrinsics.GlobalAddress(ref args.Weights.Memory[0]) + (ulong)((long)column * args.Depth * TW.Bytes);

        for (int i = 0; i < WarpRows * WarpColumns; i++) sums[i] = 0;
        for (int k = Eight * lane; k < args.Depth; k += Eight * Lanes)
        {
            for (int j = 0; j < WarpColumns; j++) TW.Load(w, Eight * j, fromW + (ulong)((((long)j * args.Depth) + k) * TW.Bytes));
            for (int i = 0; i < WarpRows; i++)
            {
                // A row that is not there is the last one once more, and is not stored.
                int at = IntrinsicMath.Min(row + i, args.Rows - 1);
                TX.Load(x, 0, fromX + (ulong)((((long)at * args.Depth) + k) * TX.Bytes));
                for (int j = 0; j < WarpColumns; j++)
                {
                    for (int e = 0; e < Eight; e++) sums[(i * WarpColumns) + j] += x[e] * w[(Eight * j) + e];
                }
            }
        }

        // Lane s finishes sum s.
        float sum = 0;
        for (int s = 0; s < WarpRows * WarpColumns; s++)
        {
            float whole = Whole(sums[s]);
            sum = lane == s ? whole : sum;
        }

        row += lane / WarpColumns;
        column += lane & (WarpColumns - 1);
        if (lane < WarpRows * WarpColumns & row < args.Rows & column < args.Epilogue.Width) Store<TY>(args.Epilogue, row, column, sum);
    }

    private static float Whole(float sum)
    {
        sum += TensorIntrinsics.Other(sum, 16);
        sum += TensorIntrinsics.Other(sum, 8);
        sum += TensorIntrinsics.Other(sum, 4);
        sum += TensorIntrinsics.Other(sum, 2);
        return sum + TensorIntrinsics.Other(sum, 1);
    }

    private static void Store<TY>(EpilogueArgsTensor e, int row, int column, float sum) where TY : struct, IElement
    {
        long to = ((long)row * e.Width) + column;
        if (e.HasBias != 0) sum += Float32Element.Load(e.Bias, column);
        if (e.HasPerImage != 0) sum += Float32Element.Load(e.PerImage, ((long)(row / e.ImageRows) * e.PerImageStride) + column);
        sum = KernelMath.Smooth(sum, e.Activation);
        if (e.HasResidual != 0) sum += TY.Load(e.Residual, to);
        TY.Store(e.Y, to, sum);
    }
}
