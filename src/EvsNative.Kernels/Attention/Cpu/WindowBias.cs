using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>Biases as a row for each key, in which those of its queries lie side by side.</summary>
/// <param name="rows">where the first query's is, for each key</param>
internal readonly unsafe struct WindowBias<TSimd, TVector>(float** rows) : IScoreBias
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public static bool IsPresent => true;

    public void Put(float* s, int firstKey, int keys, int firstQuery, int vectors)
    {
        float** row = rows + firstKey;
        for (float** end = row + keys; row < end; row++, s += AttentionTile<TSimd, TVector>.Columns)
        {
            float* from = *row + firstQuery;
            TSimd.Store(TSimd.Load(from), s);
            if (vectors > 1) TSimd.Store(TSimd.Load(from + TSimd.Count), s + TSimd.Count);
            if (vectors > 2) TSimd.Store(TSimd.Load(from + (2 * TSimd.Count)), s + (2 * TSimd.Count));
        }
    }
}
