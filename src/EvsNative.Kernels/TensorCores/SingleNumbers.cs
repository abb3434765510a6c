using EvsNative.Kernels.Compile;

namespace EvsNative.Kernels.TensorCores;

/// <summary>
/// float32 from sm_80 on, multiplied as tf32: an instruction for two chunks of four, half the work of one of binary16 in the same time. A
/// fragment of 32-bit numbers is what the instruction wants as it is. Both sides are rounded to 11 bits when they come from shared memory,
/// 16 rows of two chunks in four instructions: tensor cores would cut them, which makes every product too small. Copies past the registers
/// cannot round, and weights rounded for good would be worse for whoever else reads them.
/// </summary>
internal readonly struct Singles : IMatrixNumbers
{
    public static int ChunkNumbers => 4;
    public static int WeightBytes => 16;
    public static bool RoundsRows => true;
    public static bool RoundsColumns => true;

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) => TensorIntrinsics.MultiplyTf32(c, a, b0, b1);

    public static uint Pack(float low, float high) => TensorIntrinsics.Pack(low, high);
}

/// <summary>
/// The same with weights of binary16, which are widened on their way to shared memory: tf32 has all that binary16 has, so that they need no
/// rounding, and the networks that compute in float32 keep their weights in half the memory.
/// </summary>
internal readonly struct SinglesByHalves : IMatrixNumbers
{
    public static int ChunkNumbers => 4;
    public static int WeightBytes => 8;
    public static bool RoundsRows => true;
    public static bool RoundsColumns => false;

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) => TensorIntrinsics.MultiplyTf32(c, a, b0, b1);

    public static uint Pack(float low, float high) => TensorIntrinsics.Pack(low, high);
}
