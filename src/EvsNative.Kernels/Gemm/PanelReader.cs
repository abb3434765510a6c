using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Stretches of a packed panel as float32: where they lie if they are kept so, widened into the thread's own memory if not.</summary>
internal readonly unsafe struct PanelReader<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly byte* _packed;
    private readonly WeightStorage _storage;

    public PanelReader(Filter filter)
    {
        _packed = ((HostBuffer)filter.Buffer).Pointer;
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
}
