using System.Runtime.CompilerServices;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// A row of a tile of sums: up to four vectors that stay in registers, since all of this is compiled into the tile's own loop.
/// </summary>
internal static unsafe class TileRow<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>The row's vectors as they lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TWidth>(float* from, ref TVector v0, ref TVector v1, ref TVector v2, ref TVector v3)
        where TWidth : struct, ITileWidth
    {
        v0 = TSimd.Load(from);
        if (TWidth.Vectors > 1) v1 = TSimd.Load(from + TSimd.Count);
        if (TWidth.Vectors > 2) v2 = TSimd.Load(from + (2 * TSimd.Count));
        if (TWidth.Vectors > 3) v3 = TSimd.Load(from + (3 * TSimd.Count));
    }

    /// <summary>c += *value b</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct<TWidth>(
        float* value, TVector b0, TVector b1, TVector b2, TVector b3, ref TVector c0, ref TVector c1, ref TVector c2, ref TVector c3)
        where TWidth : struct, ITileWidth
    {
        var a = TSimd.Broadcast(value);
        c0 = TSimd.MultiplyAdd(a, b0, c0);
        if (TWidth.Vectors > 1) c1 = TSimd.MultiplyAdd(a, b1, c1);
        if (TWidth.Vectors > 2) c2 = TSimd.MultiplyAdd(a, b2, c2);
        if (TWidth.Vectors > 3) c3 = TSimd.MultiplyAdd(a, b3, c3);
    }

    /// <summary>Where <see cref="Load"/> reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TWidth>(float* to, TVector v0, TVector v1, TVector v2, TVector v3)
        where TWidth : struct, ITileWidth
    {
        TSimd.Store(v0, to);
        if (TWidth.Vectors > 1) TSimd.Store(v1, to + TSimd.Count);
        if (TWidth.Vectors > 2) TSimd.Store(v2, to + (2 * TSimd.Count));
        if (TWidth.Vectors > 3) TSimd.Store(v3, to + (3 * TSimd.Count));
    }
}
