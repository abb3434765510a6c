using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>A stretch of the summed axis that lies contiguous in memory for every row.</summary>
/// <param name="Source">which row pointers of the table</param>
/// <param name="Offset">elements to skip behind the pointer</param>
/// <param name="Length">elements to sum</param>
internal readonly record struct Segment(int Source, int Offset, int Length);

/// <summary>
/// The inner product of the CPU backend: 6 rows times up to four vectors of columns, whose sums stay in registers (24 of AVX-512's 32, 12
/// of AVX2's 16).
/// <code>
/// c[i][j] (+)= sum over k of rows[i][k] * b[k][j]        i = 0..5, j = 0 .. vectors * Count - 1
/// reads    b once (it stays in the first cache over all row tiles), each row once
/// floor    6 * vectors fused multiply-adds a step at two a clock
/// </code>
/// Rows are given by pointers, so the same tile serves matrices, convolutions (a pointer for each pixel and tap, zeros outside the
/// image) and attention. The order of the sum does not depend on how the work is cut.
/// </summary>
internal static unsafe class GemmTile<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public const int Rows = 6;

    /// <summary>Columns of a full tile; that of c is as wide.</summary>
    public static int Columns => TSimd.Count * TSimd.TileVectors;

    /// <param name="vectors">columns, in vectors: 1 .. TileVectors</param>
    /// <param name="table">pointers: row i of source s at table[s * stride + i]</param>
    /// <param name="stride">pointers from one source to the next</param>
    /// <param name="segments">what to sum over</param>
    /// <param name="count">how many segments</param>
    /// <param name="b">[k][vectors * Count], k running through all segments</param>
    /// <param name="c">[6][vectors * Count], rows ldc apart</param>
    /// <param name="ldc">elements from one row of c to the next</param>
    /// <param name="accumulate">add to what c holds</param>
    public static void Multiply(int vectors, float** table, int stride, Segment* segments, int count, float* b, float* c, int ldc,
        bool accumulate)
    {
        // Comparing with TileVectors lets the compiler leave out what this processor's registers do not hold.
        if (TSimd.TileVectors == 4 && vectors == 4) Multiply<FourWide>(table, stride, segments, count, b, c, ldc, accumulate);
        else if (TSimd.TileVectors == 4 && vectors == 3) Multiply<ThreeWide>(table, stride, segments, count, b, c, ldc, accumulate);
        else if (vectors == 2) Multiply<TwoWide>(table, stride, segments, count, b, c, ldc, accumulate);
        else Multiply<OneWide>(table, stride, segments, count, b, c, ldc, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply<TWidth>(float** table, int stride, Segment* segments, int count, float* b, float* c, int ldc,
        bool accumulate)
        where TWidth : struct, ITileWidth
    {
        TVector c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default;
        TVector c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default;
        TVector c40 = default, c41 = default, c42 = default, c43 = default, c50 = default, c51 = default, c52 = default, c53 = default;
        if (accumulate)
        {
            TileRow<TSimd, TVector>.Load<TWidth>(c, ref c00, ref c01, ref c02, ref c03);
            TileRow<TSimd, TVector>.Load<TWidth>(c + ldc, ref c10, ref c11, ref c12, ref c13);
            TileRow<TSimd, TVector>.Load<TWidth>(c + (2 * ldc), ref c20, ref c21, ref c22, ref c23);
            TileRow<TSimd, TVector>.Load<TWidth>(c + (3 * ldc), ref c30, ref c31, ref c32, ref c33);
            TileRow<TSimd, TVector>.Load<TWidth>(c + (4 * ldc), ref c40, ref c41, ref c42, ref c43);
            TileRow<TSimd, TVector>.Load<TWidth>(c + (5 * ldc), ref c50, ref c51, ref c52, ref c53);
        }

        for (int s = 0; s < count; s++)
        {
            float** rows = table + (segments[s].Source * stride);
            nint offset = segments[s].Offset, length = segments[s].Length;
            float* a0 = rows[0] + offset, a1 = rows[1] + offset, a2 = rows[2] + offset;
            float* a3 = rows[3] + offset, a4 = rows[4] + offset, a5 = rows[5] + offset;
            for (nint k = 0; k < length; k++)
            {
                TVector b0 = default, b1 = default, b2 = default, b3 = default;
                TileRow<TSimd, TVector>.Load<TWidth>(b, ref b0, ref b1, ref b2, ref b3);
                b += TWidth.Vectors * TSimd.Count;
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a0 + k, b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a1 + k, b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a2 + k, b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a3 + k, b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a4 + k, b0, b1, b2, b3, ref c40, ref c41, ref c42, ref c43);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a5 + k, b0, b1, b2, b3, ref c50, ref c51, ref c52, ref c53);
            }
        }

        TileRow<TSimd, TVector>.Store<TWidth>(c, c00, c01, c02, c03);
        TileRow<TSimd, TVector>.Store<TWidth>(c + ldc, c10, c11, c12, c13);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (2 * ldc), c20, c21, c22, c23);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (3 * ldc), c30, c31, c32, c33);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (4 * ldc), c40, c41, c42, c43);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (5 * ldc), c50, c51, c52, c53);
    }
}
