using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// <c>mma.sync.m16n8k*</c>: D = A B + C. A register holds P elements; with g = lane / 4 and q = lane % 4 a lane has
/// <code>
/// A register r        row g + 8 (r % 2), columns P q + 4 P (r / 2) and the next
/// B register r        rows P q + 4 P r and the next, column g
/// C register r, f32   row g + 8 (r / 2), column 2 q + r % 2
/// C register r, f16   row g + 8 r, columns 2 q and 2 q + 1
/// </code>
/// Sums are float32 and each product is added to them by one rounding; halves are rounded once, at the end. The hardware adds the products
/// of some columns at once and cuts where we round: both are within the tolerance of a test that means something.
/// </summary>
internal sealed unsafe class MultiplyMatricesInstruction<TElements>(Row[] d, Row[] a, Row[] b, Row[] c, bool hasHalfSums)
    : TogetherInstruction(null)
    where TElements : struct, IMatrixElements
{
    private const int Rows = 16, Columns = 8, MostDepth = 16;

    [SkipLocalsInit]
    internal override void Execute(Warp warp, uint mask)
    {
        if (mask != Warp.Full) warp.Report(PtxFault.BarrierDivergence, 0, this, $"only the lanes {mask:x8} are here");

        // The summed axis lies with the elements of a register apart: part, then lane. Both matrices have it so, and its order is free.
        float* left = stackalloc float[Rows * MostDepth], right = stackalloc float[MostDepth * Columns],
            sums = stackalloc float[Rows * Columns];
        int width = 4 * TElements.PerRegister, depth = b.Length * width;
        for (int r = 0; r < a.Length; r++) UnpackLeft(warp.Values(a[r]), left + ((r & 1) * 8 * depth) + ((r >> 1) * width), depth);
        for (int r = 0; r < b.Length; r++) UnpackRight(warp.Values(b[r]), right + (r * width * Columns));
        for (int r = 0; r < 2; r++)
        {
            if (hasHalfSums) UnpackHalves(warp.Values(c[r]), sums + (r * 8 * Columns));
            else UnpackFloats(warp.Values(c[2 * r]), warp.Values(c[(2 * r) + 1]), sums + (r * 8 * Columns));
        }

        Multiply(left, right, sums, depth);
        Multiply(left + (8 * depth), right, sums + (8 * Columns), depth);
        for (int r = 0; r < 2; r++)
        {
            if (hasHalfSums) PackHalves(sums + (r * 8 * Columns), warp.Values(d[r]));
            else PackFloats(sums + (r * 8 * Columns), warp.Values(d[2 * r]), warp.Values(d[(2 * r) + 1]));
        }
    }

    private static void UnpackLeft(ulong* lanes, float* rows, int depth)
    {
        for (int row = 0; row < 8; row += 2)
        {
            var registers = Narrow(lanes + (row * 4));
            for (int part = 0; part < TElements.PerRegister; part++)
            {
                var values = TElements.Of(registers, part);
                values.GetLower().Store(rows + (row * depth) + (part * 4));
                values.GetUpper().Store(rows + ((row + 1) * depth) + (part * 4));
            }
        }
    }

    private static void UnpackRight(ulong* lanes, float* rows)
    {
        for (int q = 0; q < 4; q++)
        {
            ulong* x = lanes + q;
            var registers = Vector256.Create(
                (uint)x[0], (uint)x[4], (uint)x[8], (uint)x[12], (uint)x[16], (uint)x[20], (uint)x[24], (uint)x[28]);
            for (int part = 0; part < TElements.PerRegister; part++)
                TElements.Of(registers, part).Store(rows + (((part * 4) + q) * Columns));
        }
    }

    private static void UnpackFloats(ulong* even, ulong* odd, float* rows)
    {
        for (int row = 0; row < 8; row++)
        {
            var low = Vector256.Load(even + (row * 4)) & Vector256.Create((ulong)uint.MaxValue);
            (low | (Vector256.Load(odd + (row * 4)) << 32)).AsSingle().Store(rows + (row * Columns));
        }
    }

    private static void PackFloats(float* rows, ulong* even, ulong* odd)
    {
        for (int row = 0; row < 8; row++)
        {
            var both = Vector256.Load(rows + (row * Columns)).AsUInt64();
            (both & Vector256.Create((ulong)uint.MaxValue)).Store(even + (row * 4));
            (both >>> 32).Store(odd + (row * 4));
        }
    }

    private static void UnpackHalves(ulong* lanes, float* rows)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            rows[lane * 2] = Lane.FromHalf((uint)lanes[lane] & 0xffff);
            rows[(lane * 2) + 1] = Lane.FromHalf((uint)lanes[lane] >> 16);
        }
    }

    private static void PackHalves(float* rows, ulong* lanes)
    {
        for (int lane = 0; lane < 32; lane++) lanes[lane] = Lane.ToHalf(rows[lane * 2]) | (Lane.ToHalf(rows[(lane * 2) + 1]) << 16);
    }

    private static void Multiply(float* left, float* right, float* sums, int depth)
    {
        Vector256<float> s0 = Vector256.Load(sums), s1 = Vector256.Load(sums + 8), s2 = Vector256.Load(sums + 16),
            s3 = Vector256.Load(sums + 24), s4 = Vector256.Load(sums + 32), s5 = Vector256.Load(sums + 40), s6 = Vector256.Load(sums + 48),
            s7 = Vector256.Load(sums + 56);
        for (int k = 0; k < depth; k++)
        {
            var row = Vector256.Load(right + (k * Columns));
            float* x = left + k;
            s0 = Vector256.MultiplyAddEstimate(Vector256.Create(x[0]), row, s0);
            s1 = Vector256.MultiplyAddEstimate(Vector256.Create(x[depth]), row, s1);
            s2 = Vector256.MultiplyAddEstimate(Vector256.Create(x[2 * depth]), row, s2);
            s3 = Vector256.MultiplyAddEstimate(Vector256.Create(x[3 * depth]), row, s3);
            s4 = Vector256.MultiplyAddEstimate(Vector256.Create(x[4 * depth]), row, s4);
            s5 = Vector256.MultiplyAddEstimate(Vector256.Create(x[5 * depth]), row, s5);
            s6 = Vector256.MultiplyAddEstimate(Vector256.Create(x[6 * depth]), row, s6);
            s7 = Vector256.MultiplyAddEstimate(Vector256.Create(x[7 * depth]), row, s7);
        }

        s0.Store(sums);
        s1.Store(sums + 8);
        s2.Store(sums + 16);
        s3.Store(sums + 24);
        s4.Store(sums + 32);
        s5.Store(sums + 40);
        s6.Store(sums + 48);
        s7.Store(sums + 56);
    }

    /// <summary>The lower halves of eight lanes.</summary>
    private static Vector256<uint> Narrow(ulong* lanes) => Vector256.Narrow(Vector256.Load(lanes), Vector256.Load(lanes + 4));
}
