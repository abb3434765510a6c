using EvsNative.Kernels.Compile;
using ILGPU;

namespace EvsNative.Kernels.TensorCores;

/// <summary>
/// Fragments and sums of a thread in arrays with constant places, which become registers: what the loops over a warp's tile are written
/// with. A tile of sums is 16 rows by 8 columns at place i * columns + j, four numbers each.
/// </summary>
internal static class FragmentArrays
{
    /// <summary>Puts a fragment at place i.</summary>
    public static void Keep(ArrayView<uint> to, int i, Fragment value)
    {
        to[4 * i] = value.A;
        to[(4 * i) + 1] = value.B;
        to[(4 * i) + 2] = value.C;
        to[(4 * i) + 3] = value.D;
    }

    /// <summary>The fragment at place i.</summary>
    public static Fragment Get(ArrayView<uint> from, int i)
    {
        Fragment value;
        value.A = from[4 * i];
        value.B = from[(4 * i) + 1];
        value.C = from[(4 * i) + 2];
        value.D = from[(4 * i) + 3];
        return value;
    }

    /// <summary>
    /// Brings blocks of 16 rows and two chunks from shared memory; the address is this lane's row of the first, a block further down is
    /// so many bytes away.
    /// </summary>
    public static void Load(ArrayView<uint> to, int count, uint from, int blockBytes)
    {
        for (int i = 0; i < count; i++) Keep(to, i, TensorIntrinsics.LoadMatrix(from + (uint)(i * blockBytes)));
    }

    /// <summary>Rounds float32 numbers to those that tensor cores multiply, in place.</summary>
    public static void Round(ArrayView<uint> fragments, int count)
    {
        for (int i = 0; i < 4 * count; i++) fragments[i] = TensorIntrinsics.RoundTf32(fragments[i]);
    }

    /// <summary>
    /// sums += left right over two chunks: left has blocks of 16 rows, right blocks of 16 columns, each two instructions wide.
    /// </summary>
    public static void Multiply<TNumbers>(ArrayView<float> sums, ArrayView<uint> left, int rows16, ArrayView<uint> right, int columns16)
        where TNumbers : struct, IMatrixNumbers
    {
        for (int i = 0; i < rows16; i++)
        {
            for (int j = 0; j < 2 * columns16; j++)
            {
                int at = 4 * ((i * 2 * columns16) + j);
                Sums c;
                c.A = sums[at];
                c.B = sums[at + 1];
                c.C = sums[at + 2];
                c.D = sums[at + 3];
                c = TNumbers.Multiply(c, Get(left, i), right[2 * j], right[(2 * j) + 1]);
                sums[at] = c.A;
                sums[at + 1] = c.B;
                sums[at + 2] = c.C;
                sums[at + 3] = c.D;
            }
        }
    }
}
