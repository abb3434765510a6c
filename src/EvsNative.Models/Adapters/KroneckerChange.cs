using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>LoKr: scale (outer ⊗ inner); [a, b] ⊗ [c, d] is [a c, b d].</summary>
/// <param name="outer">the coarse matrix</param>
/// <param name="inner">the fine one, its last axis with all taps of a convolution</param>
/// <param name="scale">strength times alpha over rank</param>
internal sealed class KroneckerChange(FileMatrix outer, FileMatrix inner, double scale) : WeightChange
{
    /// <inheritdoc/>
    public override void AddTo(Span<float> values, RankUpdate update)
    {
        float[] coarse = outer.Values(update), fine = inner.Values(update);
        int at = 0;
        for (int i = 0; i < outer.Rows; i++)
        {
            for (int k = 0; k < inner.Rows; k++)
            {
                var row = fine.AsSpan(k * inner.Columns, inner.Columns);
                for (int j = 0; j < outer.Columns; j++, at += row.Length)
                {
                    float factor = (float)scale * coarse[(i * outer.Columns) + j];
                    var to = values.Slice(at, row.Length);
                    for (int l = 0; l < to.Length; l++) to[l] += factor * row[l];
                }
            }
        }
    }
}
