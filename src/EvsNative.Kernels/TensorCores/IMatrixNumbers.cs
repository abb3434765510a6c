using EvsNative.Kernels.Compile;

namespace EvsNative.Kernels.TensorCores;

/// <summary>
/// What tensor cores multiply, as a compile-time choice. Operands lie in shared memory as rows of 16-byte chunks with the summed axis
/// innermost; a fragment is what <see cref="TensorIntrinsics.LoadMatrix"/> brings of two chunks of 16 rows, whatever numbers they hold.
/// </summary>
internal interface IMatrixNumbers
{
    /// <summary>Numbers in a chunk.</summary>
    static abstract int ChunkNumbers { get; }

    /// <summary>c + a b over two chunks: a is a fragment of 16 rows, b0 and b1 are the first and the second chunk of 8 columns.</summary>
    static abstract Sums Multiply(Sums c, Fragment a, uint b0, uint b1);

    /// <summary>Two numbers as binary16, the first in the low 16 bits.</summary>
    static abstract uint Pack(float low, float high);

    /// <summary>Bytes that a chunk of weights takes in global memory: 16, or 8 where it is widened on its way.</summary>
    static abstract int WeightBytes { get; }

    /// <summary>Rows are to be rounded to what is multiplied.</summary>
    static abstract bool RoundsRows { get; }

    /// <summary>Columns are.</summary>
    static abstract bool RoundsColumns { get; }
}

/// <summary>binary16 from sm_80 on: one instruction for two chunks.</summary>
internal readonly struct Halves : IMatrixNumbers
{
    public static int ChunkNumbers => 8;
    public static int WeightBytes => 16;
    public static bool RoundsRows => false;
    public static bool RoundsColumns => false;

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) => TensorIntrinsics.MultiplyHalf16(c, a, b0, b1);

    public static uint Pack(float low, float high) => TensorIntrinsics.Pack(low, high);
}

/// <summary>binary16 on sm_75: an instruction for each chunk.</summary>
internal readonly struct HalvesTuring : IMatrixNumbers
{
    public static int ChunkNumbers => 8;
    public static int WeightBytes => 16;
    public static bool RoundsRows => false;
    public static bool RoundsColumns => false;

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) =>
        TensorIntrinsics.MultiplyHalf8(TensorIntrinsics.MultiplyHalf8(c, a.A, a.B, b0), a.C, a.D, b1);

    public static uint Pack(float low, float high) => TensorIntrinsics.PackEach(low, high);
}
