using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Gemm;

/// <summary>A stretch of the summed axis that lies contiguous in memory for every row.</summary>
/// <param name="Source">which row pointers of the table</param>
/// <param name="Offset">elements to skip behind the pointer</param>
/// <param name="Length">elements to sum</param>
internal readonly record struct Segment(int Source, int Offset, int Length);

/// <summary>
/// The inner product of the CPU backend: 6 rows times 16 columns, twelve vectors of sums that stay in registers.
/// <code>
/// c[i][j] (+)= sum over k of rows[i][k] * b[k][j]        i = 0..5, j = 0..15
/// reads    b once (16 KiB for 256 k: it stays in the first cache over all row tiles), each row once
/// floor    12 fused multiply-adds of 8 lanes a step: 6 clocks at two a clock
/// </code>
/// Rows are given by pointers, so the same tile serves matrices, convolutions (a pointer for each pixel and tap, zeros outside the
/// image) and attention. The order of the sum does not depend on how the work is cut.
/// </summary>
internal static unsafe class GemmTile
{
    public const int Rows = 6;
    public const int Columns = 16;

    /// <summary>Longest segment: 6 rows and a panel of it fit a first-level cache of 32 KiB.</summary>
    public const int LongestSegment = 352;

    /// <param name="table">pointers: row i of source s at table[s * stride + i]</param>
    /// <param name="stride">pointers from one source to the next</param>
    /// <param name="segments">what to sum over</param>
    /// <param name="count">how many segments</param>
    /// <param name="b">[k][16], k running through all segments</param>
    /// <param name="c">[6][16], rows ldc apart</param>
    /// <param name="ldc">elements from one row of c to the next</param>
    /// <param name="accumulate">add to what c holds</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(float** table, int stride, Segment* segments, int count, float* b, float* c, int ldc, bool accumulate)
    {
        Vector256<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        if (accumulate)
        {
            (c00, c01) = (Vector256.Load(c), Vector256.Load(c + 8));
            (c10, c11) = (Vector256.Load(c + ldc), Vector256.Load(c + ldc + 8));
            (c20, c21) = (Vector256.Load(c + (2 * ldc)), Vector256.Load(c + (2 * ldc) + 8));
            (c30, c31) = (Vector256.Load(c + (3 * ldc)), Vector256.Load(c + (3 * ldc) + 8));
            (c40, c41) = (Vector256.Load(c + (4 * ldc)), Vector256.Load(c + (4 * ldc) + 8));
            (c50, c51) = (Vector256.Load(c + (5 * ldc)), Vector256.Load(c + (5 * ldc) + 8));
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = Vector256<float>.Zero;
        }

        for (int s = 0; s < count; s++)
        {
            float** rows = table + (segments[s].Source * stride);
            nint offset = segments[s].Offset, length = segments[s].Length;
            float* a0 = rows[0] + offset, a1 = rows[1] + offset, a2 = rows[2] + offset;
            float* a3 = rows[3] + offset, a4 = rows[4] + offset, a5 = rows[5] + offset;
            for (nint k = 0; k < length; k++)
            {
                var b0 = Vector256.Load(b);
                var b1 = Vector256.Load(b + 8);
                b += Columns;
                var a = Vector256.Create(a0[k]);
                c00 = Vector256.MultiplyAddEstimate(a, b0, c00);
                c01 = Vector256.MultiplyAddEstimate(a, b1, c01);
                a = Vector256.Create(a1[k]);
                c10 = Vector256.MultiplyAddEstimate(a, b0, c10);
                c11 = Vector256.MultiplyAddEstimate(a, b1, c11);
                a = Vector256.Create(a2[k]);
                c20 = Vector256.MultiplyAddEstimate(a, b0, c20);
                c21 = Vector256.MultiplyAddEstimate(a, b1, c21);
                a = Vector256.Create(a3[k]);
                c30 = Vector256.MultiplyAddEstimate(a, b0, c30);
                c31 = Vector256.MultiplyAddEstimate(a, b1, c31);
                a = Vector256.Create(a4[k]);
                c40 = Vector256.MultiplyAddEstimate(a, b0, c40);
                c41 = Vector256.MultiplyAddEstimate(a, b1, c41);
                a = Vector256.Create(a5[k]);
                c50 = Vector256.MultiplyAddEstimate(a, b0, c50);
                c51 = Vector256.MultiplyAddEstimate(a, b1, c51);
            }
        }

        c00.Store(c);
        c01.Store(c + 8);
        c10.Store(c + ldc);
        c11.Store(c + ldc + 8);
        c20.Store(c + (2 * ldc));
        c21.Store(c + (2 * ldc) + 8);
        c30.Store(c + (3 * ldc));
        c31.Store(c + (3 * ldc) + 8);
        c40.Store(c + (4 * ldc));
        c41.Store(c + (4 * ldc) + 8);
        c50.Store(c + (5 * ldc));
        c51.Store(c + (5 * ldc) + 8);
    }
}
