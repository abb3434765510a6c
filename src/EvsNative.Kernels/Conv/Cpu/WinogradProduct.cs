using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// One of the 36 products of a Winograd convolution: 6 transformed tiles times up to four vectors of output channels, whose sums stay in
/// registers.
/// <code>
/// c[i][j] (+)= sum over k of a[k / 16][i][k % 16] * b[k][j]       i = 0..5, j = 0 .. vectors * Count - 1
/// reads    b once (it stays in the first cache over all tiles), a in one stream, asked for a tile ahead
/// floor    6 * vectors fused multiply-adds a step at two a clock
/// </code>
/// The left side is a cache line of channels for each tile, one behind the other: one address, and a stream that processors foresee, where
/// six rows of some hundred channels are six short ones.
/// </summary>
internal static unsafe class WinogradProduct<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Tiles that are multiplied together.</summary>
    public const int Rows = 6;

    /// <summary>Channels of a tile that lie side by side.</summary>
    public const int Line = 16;

    /// <param name="rows">tiles that there are of the six; the sums of the others may be anything</param>
    /// <param name="vectors">output channels, in vectors: 1 .. TileVectors</param>
    /// <param name="a">[length / 16, rounded up][6][16]</param>
    /// <param name="length">input channels</param>
    /// <param name="b">[length][vectors * Count]</param>
    /// <param name="c">[6][vectors * Count], rows ldc apart</param>
    /// <param name="ldc">elements from one row of c to the next</param>
    /// <param name="accumulate">add to what c holds</param>
    public static void Multiply(int rows, int vectors, float* a, int length, float* b, float* c, int ldc, bool accumulate)
    {
        if (rows > Four.Rows) Multiply<Six>(vectors, a, length, b, c, ldc, accumulate);
        else Multiply<Four>(vectors, a, length, b, c, ldc, accumulate);
    }

    private static void Multiply<THeight>(int vectors, float* a, int length, float* b, float* c, int ldc, bool accumulate)
        where THeight : struct, IHeight
    {
        // Comparing with TileVectors lets the compiler leave out what this processor's registers do not hold.
        if (TSimd.TileVectors == 4 && vectors == 4) Multiply<THeight, FourWide>(a, length, b, c, ldc, accumulate);
        else if (TSimd.TileVectors == 4 && vectors == 3) Multiply<THeight, ThreeWide>(a, length, b, c, ldc, accumulate);
        else if (vectors == 2) Multiply<THeight, TwoWide>(a, length, b, c, ldc, accumulate);
        else Multiply<THeight, OneWide>(a, length, b, c, ldc, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply<THeight, TWidth>(float* a, int length, float* b, float* c, int ldc, bool accumulate)
        where THeight : struct, IHeight
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
            if (THeight.Rows > 4) TileRow<TSimd, TVector>.Load<TWidth>(c + (4 * ldc), ref c40, ref c41, ref c42, ref c43);
            if (THeight.Rows > 5) TileRow<TSimd, TVector>.Load<TWidth>(c + (5 * ldc), ref c50, ref c51, ref c52, ref c53);
        }

        float* ahead = a + ((length + Line - 1) / Line * Line * Rows);
        for (; length > 0; length -= Line, a += Rows * Line, ahead += Rows * Line)
        {
            for (int i = 0; i < Rows && Sse.IsSupported; i++) Sse.Prefetch0(ahead + (i * Line));
            nint end = Math.Min(length, Line);
            for (nint k = 0; k < end; k++)
            {
                TVector b0 = default, b1 = default, b2 = default, b3 = default;
                TileRow<TSimd, TVector>.Load<TWidth>(b, ref b0, ref b1, ref b2, ref b3);
                b += TWidth.Vectors * TSimd.Count;
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k, b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k + Line, b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k + (2 * Line), b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
                TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k + (3 * Line), b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
                if (THeight.Rows > 4)
                    TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k + (4 * Line), b0, b1, b2, b3, ref c40, ref c41, ref c42, ref c43);
                if (THeight.Rows > 5)
                    TileRow<TSimd, TVector>.AddProduct<TWidth>(a + k + (5 * Line), b0, b1, b2, b3, ref c50, ref c51, ref c52, ref c53);
            }
        }

        TileRow<TSimd, TVector>.Store<TWidth>(c, c00, c01, c02, c03);
        TileRow<TSimd, TVector>.Store<TWidth>(c + ldc, c10, c11, c12, c13);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (2 * ldc), c20, c21, c22, c23);
        TileRow<TSimd, TVector>.Store<TWidth>(c + (3 * ldc), c30, c31, c32, c33);
        if (THeight.Rows > 4) TileRow<TSimd, TVector>.Store<TWidth>(c + (4 * ldc), c40, c41, c42, c43);
        if (THeight.Rows > 5) TileRow<TSimd, TVector>.Store<TWidth>(c + (5 * ldc), c50, c51, c52, c53);
    }

    private interface IHeight
    {
        static abstract int Rows { get; }
    }

    private readonly struct Four : IHeight
    {
        public static int Rows => 4;
    }

    private readonly struct Six : IHeight
    {
        public static int Rows => WinogradProduct<TSimd, TVector>.Rows;
    }
}
