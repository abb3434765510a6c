using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// The products of attention, with lanes over the columns: eight rows times up to three vectors whose sums stay in registers (24 of 32;
/// four rows, 12, where there are 16).
/// <code>
/// c[i][j] (+)= sum over k of a(i, k) b[k][j]        a by rows or turned (<see cref="IOperandOrder"/>), where it lies: nothing is packed
/// reads    b once for eight rows, from the first cache; a once, each number by a broadcasting load
/// floor    rows * vectors fused multiply-adds a step at two a clock
/// </code>
/// Eight divides every head size of the models, so that no row is wasted on them.
/// </summary>
internal static unsafe class AttentionTile<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Columns of a full tile.</summary>
    public static int Columns => 3 * TSimd.Count;

    /// <param name="rows">of a and c, any number</param>
    /// <param name="vectors">columns, in vectors: 1..3</param>
    /// <param name="steps">length of the sum</param>
    /// <param name="a">the left operand</param>
    /// <param name="lda">elements between rows of a (between its columns where it is turned)</param>
    /// <param name="b">[steps][columns], rows ldb apart</param>
    /// <param name="ldb">elements from one row of b to the next</param>
    /// <param name="c">[rows][columns], rows ldc apart</param>
    /// <param name="ldc">elements from one row of c to the next</param>
    /// <param name="accumulate">add to what c holds</param>
    public static void Multiply<TOrder>(
        int rows, int vectors, int steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where TOrder : struct, IOperandOrder
    {
        if (vectors == 3) Multiply<TOrder, Three>(rows, steps, a, lda, b, ldb, c, ldc, accumulate);
        else if (vectors == 2) Multiply<TOrder, Two>(rows, steps, a, lda, b, ldb, c, ldc, accumulate);
        else Multiply<TOrder, One>(rows, steps, a, lda, b, ldb, c, ldc, accumulate);
    }

    private static void Multiply<TOrder, TVectors>(
        int rows, int steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where TOrder : struct, IOperandOrder
        where TVectors : struct, INumber
    {
        long across = TOrder.IsTurned ? 1 : lda;
        while (rows > 0)
        {
            // Comparing with TileVectors lets the compiler leave out what this processor's registers do not hold.
            int taken = TSimd.TileVectors == 4 && rows >= 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1, tiles = rows / taken;
            if (TSimd.TileVectors == 4 && taken == 8) Tiles<TOrder, Eight, TVectors>(tiles, steps, a, lda, b, ldb, c, ldc, accumulate);
            else if (taken == 4) Tiles<TOrder, Four, TVectors>(tiles, steps, a, lda, b, ldb, c, ldc, accumulate);
            else if (taken == 2) Tiles<TOrder, Two, TVectors>(tiles, steps, a, lda, b, ldb, c, ldc, accumulate);
            else Tiles<TOrder, One, TVectors>(tiles, steps, a, lda, b, ldb, c, ldc, accumulate);
            taken *= tiles;
            rows -= taken;
            a += taken * across;
            c += taken * ldc;
        }
    }

    /// <summary>Several tiles, one below the other: what is prepared once for all of them is not waited for between them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tiles<TOrder, TRows, TVectors>(
        int tiles, nint steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where TOrder : struct, IOperandOrder
        where TRows : struct, INumber
        where TVectors : struct, INumber
    {
        long below = TRows.Value * (TOrder.IsTurned ? 1 : lda);
        for (; tiles > 0; tiles--, a += below, c += TRows.Value * ldc)
            Tile<TOrder, TRows, TVectors>(steps, a, lda, b, ldb, c, ldc, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TOrder, TRows, TVectors>(
        nint steps, float* a, long lda, float* b, long ldb, float* c, long ldc, bool accumulate)
        where TOrder : struct, IOperandOrder
        where TRows : struct, INumber
        where TVectors : struct, INumber
    {
        TVector c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        TVector c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
        TVector c40 = default, c41 = default, c42 = default, c50 = default, c51 = default, c52 = default;
        TVector c60 = default, c61 = default, c62 = default, c70 = default, c71 = default, c72 = default;
        if (accumulate)
        {
            Load<TVectors>(c, ref c00, ref c01, ref c02);
            if (TRows.Value > 1) Load<TVectors>(c + ldc, ref c10, ref c11, ref c12);
            if (TRows.Value > 2) Load<TVectors>(c + (2 * ldc), ref c20, ref c21, ref c22);
            if (TRows.Value > 2) Load<TVectors>(c + (3 * ldc), ref c30, ref c31, ref c32);
            if (TRows.Value > 4) Load<TVectors>(c + (4 * ldc), ref c40, ref c41, ref c42);
            if (TRows.Value > 4) Load<TVectors>(c + (5 * ldc), ref c50, ref c51, ref c52);
            if (TRows.Value > 4) Load<TVectors>(c + (6 * ldc), ref c60, ref c61, ref c62);
            if (TRows.Value > 4) Load<TVectors>(c + (7 * ldc), ref c70, ref c71, ref c72);
        }

        float* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda, a6 = a5 + lda, a7 = a6 + lda;
        nint along = TOrder.IsTurned ? (nint)lda : 1;
        for (nint k = 0; steps > 0; steps--, k += along, b += ldb)
        {
            TVector b0 = default, b1 = default, b2 = default;
            Load<TVectors>(b, ref b0, ref b1, ref b2);
            Row<TVectors>(a + k, b0, b1, b2, ref c00, ref c01, ref c02);
            if (TRows.Value > 1) Row<TVectors>(TOrder.IsTurned ? a + k + 1 : a1 + k, b0, b1, b2, ref c10, ref c11, ref c12);
            if (TRows.Value > 2) Row<TVectors>(TOrder.IsTurned ? a + k + 2 : a2 + k, b0, b1, b2, ref c20, ref c21, ref c22);
            if (TRows.Value > 2) Row<TVectors>(TOrder.IsTurned ? a + k + 3 : a3 + k, b0, b1, b2, ref c30, ref c31, ref c32);
            if (TRows.Value > 4) Row<TVectors>(TOrder.IsTurned ? a + k + 4 : a4 + k, b0, b1, b2, ref c40, ref c41, ref c42);
            if (TRows.Value > 4) Row<TVectors>(TOrder.IsTurned ? a + k + 5 : a5 + k, b0, b1, b2, ref c50, ref c51, ref c52);
            if (TRows.Value > 4) Row<TVectors>(TOrder.IsTurned ? a + k + 6 : a6 + k, b0, b1, b2, ref c60, ref c61, ref c62);
            if (TRows.Value > 4) Row<TVectors>(TOrder.IsTurned ? a + k + 7 : a7 + k, b0, b1, b2, ref c70, ref c71, ref c72);
        }

        Store<TVectors>(c, c00, c01, c02);
        if (TRows.Value > 1) Store<TVectors>(c + ldc, c10, c11, c12);
        if (TRows.Value > 2) Store<TVectors>(c + (2 * ldc), c20, c21, c22);
        if (TRows.Value > 2) Store<TVectors>(c + (3 * ldc), c30, c31, c32);
        if (TRows.Value > 4) Store<TVectors>(c + (4 * ldc), c40, c41, c42);
        if (TRows.Value > 4) Store<TVectors>(c + (5 * ldc), c50, c51, c52);
        if (TRows.Value > 4) Store<TVectors>(c + (6 * ldc), c60, c61, c62);
        if (TRows.Value > 4) Store<TVectors>(c + (7 * ldc), c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TVectors>(float* from, ref TVector v0, ref TVector v1, ref TVector v2) where TVectors : struct, INumber
    {
        v0 = TSimd.Load(from);
        if (TVectors.Value > 1) v1 = TSimd.Load(from + TSimd.Count);
        if (TVectors.Value > 2) v2 = TSimd.Load(from + (2 * TSimd.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TVectors>(float* value, TVector b0, TVector b1, TVector b2, ref TVector c0, ref TVector c1, ref TVector c2)
        where TVectors : struct, INumber
    {
        var a = TSimd.Broadcast(value);
        c0 = TSimd.MultiplyAdd(a, b0, c0);
        if (TVectors.Value > 1) c1 = TSimd.MultiplyAdd(a, b1, c1);
        if (TVectors.Value > 2) c2 = TSimd.MultiplyAdd(a, b2, c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* to, TVector v0, TVector v1, TVector v2) where TVectors : struct, INumber
    {
        TSimd.Store(v0, to);
        if (TVectors.Value > 1) TSimd.Store(v1, to + TSimd.Count);
        if (TVectors.Value > 2) TSimd.Store(v2, to + (2 * TSimd.Count));
    }

    /// <summary>A number as a compile-time choice.</summary>
    private interface INumber
    {
        static abstract int Value { get; }
    }

    private readonly struct One : INumber
    {
        public static int Value => 1;
    }

    private readonly struct Two : INumber
    {
        public static int Value => 2;
    }

    private readonly struct Three : INumber
    {
        public static int Value => 3;
    }

    private readonly struct Four : INumber
    {
        public static int Value => 4;
    }

    private readonly struct Eight : INumber
    {
        public static int Value => 8;
    }
}
