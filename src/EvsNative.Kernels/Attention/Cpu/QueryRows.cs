using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>Queries, or what is blended from them and recorded ones: gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11).</summary>
internal readonly unsafe struct QueryRows(float* own, float* inverted, float gamma)
{
    public bool IsBlended => inverted != null;

    /// <summary>An element of the queries as they came.</summary>
    public float* Own(long at) => own + at;

    /// <summary>Copies <paramref name="count"/> elements of a row, blended.</summary>
    public void Copy<TSimd, TVector>(long at, float* to, int count)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        float* x = own + at, x2 = inverted + at;
        if (!IsBlended)
        {
            new ReadOnlySpan<float>(x, count).CopyTo(new Span<float>(to, count));
            return;
        }

        TVector a = TSimd.Create(1 - gamma), b = TSimd.Create(gamma);
        int c = 0;
        for (; c <= count - TSimd.Count; c += TSimd.Count)
            TSimd.Store(TSimd.Add(TSimd.Multiply(TSimd.Load(x + c), a), TSimd.Multiply(TSimd.Load(x2 + c), b)), to + c);
        for (; c < count; c++) to[c] = (x[c] * (1 - gamma)) + (x2[c] * gamma);
    }
}
