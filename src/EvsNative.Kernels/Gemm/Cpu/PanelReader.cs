using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Stretches of a packed panel as float32: where they lie if they are kept so, widened into the thread's own memory if not.
/// </summary>
internal readonly unsafe struct PanelReader<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly byte* _packed;
    private readonly WeightStorage _storage;

    /// <exception cref="InvalidOperationException">the filter is not in panels of these vectors</exception>
    public PanelReader(Filter filter)
    {
        filter.Demand(PanelLayout.Layout<TSimd, TVector>());
        _packed = filter.Buffer.Pointer();
        _storage = filter.Storage;
    }

    /// <summary>The numbers from <paramref name="first"/> on.</summary>
    /// <param name="first">first number, counted from the start of the filter; a multiple of a vector</param>
    /// <param name="vectors">how many vectors of them</param>
    /// <param name="widened">room for as many numbers; not touched where the filter keeps float32</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public float* Read(long first, long vectors, float* widened)
    {
        if (_storage == WeightStorage.Float32) return (float*)_packed + first;
        ushort* from = (ushort*)_packed + first;
        if (_storage == WeightStorage.Float16)
            for (long i = 0; i < vectors; i++) TSimd.Store(TSimd.LoadHalves(from + (i * TSimd.Count)), widened + (i * TSimd.Count));
        else
            for (long i = 0; i < vectors; i++) TSimd.Store(TSimd.LoadBrains(from + (i * TSimd.Count)), widened + (i * TSimd.Count));
        return widened;
    }

    /// <summary>
    /// Asks for part <paramref name="part"/> of <paramref name="parts"/> of the numbers from <paramref name="first"/> on to be brought into
    /// the second cache. Weights come from memory once for each block of rows; asked for while the block before is multiplied, they cost
    /// nothing.
    /// </summary>
    public void Prefetch(long first, long count, int part, int parts)
    {
        if (!Sse.IsSupported) return;
        const int Line = 64;
        long bytes = _storage.Bytes(), lines = (count * bytes + Line - 1) / Line, share = (lines + parts - 1) / parts;
        byte* from = _packed + (first * bytes);
        for (long line = part * share; line < Math.Min(lines, (part + 1) * share); line++) Sse.Prefetch1(from + (line * Line));
    }
}
