using System.Runtime.Intrinsics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// <c>ldmatrix</c>: matrices of 8 rows of 8 16-bit values from shared memory. Lane 8 i + r has the address of row r of matrix i; afterwards
/// lane 4 r + c holds the values 2 c and 2 c + 1 of row r, of column r if transposed.
/// </summary>
internal sealed unsafe class LoadMatrixInstruction(Row[] destinations, Space space, AddressOperand address, bool isTransposed)
    : TogetherInstruction(null)
{
    internal override void Execute(Warp warp, uint mask)
    {
        if (mask != Warp.Full) warp.Report(PtxFault.BarrierDivergence, 0, this, $"only the lanes {mask:x8} are here");
        ushort* matrix = stackalloc ushort[64];
        for (int i = 0; i < destinations.Length; i++)
        {
            for (int row = 0; row < 8; row++)
            {
                int lane = (i * 8) + row;
                byte* place = warp.Memory.At(space, Bits.Address(warp, address, lane), 16, Access.Read, warp, lane, this);
                Buffer.MemoryCopy(place, matrix + (row * 8), 16, 16);
            }

            ulong* d = warp.Values(destinations[i]);
            for (int lane = 0; lane < 32; lane++)
            {
                int row = lane >> 2, column = (lane & 3) * 2;
                uint low = isTransposed ? matrix[(column * 8) + row] : matrix[(row * 8) + column];
                uint high = isTransposed ? matrix[((column + 1) * 8) + row] : matrix[(row * 8) + column + 1];
                d[lane] = low | (high << 16);
            }
        }
    }
}

/// <summary>
/// <c>mma.sync.m16n8k16</c> and <c>m16n8k8</c>: D = A B + C with halves or bfloat16, sums in float32. With g = lane / 4 and q = lane % 4 a
/// lane holds
/// <code>
/// A register r   row g + 8 (r % 2), columns 2 q + 8 (r / 2) and the next
/// B register r   rows 2 q + 8 r and the next, column g
/// C register r   row g + 8 (r / 2), column 2 q + r % 2
/// </code>
/// </summary>
internal sealed unsafe class MultiplyMatricesInstruction(Row[] d, Row[] a, Row[] b, Row[] c, bool isBf16) : TogetherInstruction(null)
{
    private readonly int _depth = b.Length * 8;

    internal override void Execute(Warp warp, uint mask)
    {
        if (mask != Warp.Full) warp.Report(PtxFault.BarrierDivergence, 0, this, $"only the lanes {mask:x8} are here");
        float* left = stackalloc float[16 * 16], right = stackalloc float[16 * 8], sums = stackalloc float[16 * 8];
        for (int register = 0; register < a.Length; register++)
        {
            ulong* values = warp.Values(a[register]);
            for (int lane = 0; lane < 32; lane++)
            {
                float* place = left + (((lane >> 2) + ((register & 1) * 8)) * _depth) + ((lane & 3) * 2) + ((register >> 1) * 8);
                (place[0], place[1]) = (Value(values[lane]), Value(values[lane] >> 16));
            }
        }

        for (int register = 0; register < b.Length; register++)
        {
            ulong* values = warp.Values(b[register]);
            for (int lane = 0; lane < 32; lane++)
            {
                float* place = right + ((((lane & 3) * 2) + (register * 8)) * 8) + (lane >> 2);
                (place[0], place[8]) = (Value(values[lane]), Value(values[lane] >> 16));
            }
        }

        for (int register = 0; register < 4; register++)
        {
            ulong* values = warp.Values(c[register]);
            for (int lane = 0; lane < 32; lane++) sums[Place(lane, register)] = Lane.To<float>(values[lane]);
        }

        Multiply(left, right, sums, _depth);
        for (int register = 0; register < 4; register++)
        {
            ulong* values = warp.Values(d[register]);
            for (int lane = 0; lane < 32; lane++) values[lane] = Lane.From(sums[Place(lane, register)]);
        }
    }

    private static void Multiply(float* left, float* right, float* sums, int depth)
    {
        for (int row = 0; row < 16; row++)
        {
            var sum = Vector256.Load(sums + (row * 8));
            for (int k = 0; k < depth; k++)
            {
                sum = Vector256.MultiplyAddEstimate(Vector256.Create(left[(row * depth) + k]), Vector256.Load(right + (k * 8)), sum);
            }

            sum.Store(sums + (row * 8));
        }
    }

    private static int Place(int lane, int register) => (((lane >> 2) + ((register >> 1) * 8)) * 8) + ((lane & 3) * 2) + (register & 1);

    private float Value(ulong bits) => isBf16 ? Lane.FromBf16((ushort)bits) : Lane.FromHalf((ushort)bits);
}
