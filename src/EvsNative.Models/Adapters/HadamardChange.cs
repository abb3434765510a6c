using System.Buffers;
using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>LoHa: scale (up1 down1) ∘ (up2 down2), number by number.</summary>
/// <param name="first">the first product</param>
/// <param name="second">the second product, of the same size</param>
/// <param name="scale">strength times alpha over rank</param>
internal sealed class HadamardChange(Factors first, Factors second, double scale) : WeightChange
{
    /// <inheritdoc/>
    public override void AddTo(Span<float> values, RankUpdate update)
    {
        float[] a = ArrayPool<float>.Shared.Rent(values.Length), b = ArrayPool<float>.Shared.Rent(values.Length);
        first.Multiply(a.AsSpan(0, values.Length), update);
        second.Multiply(b.AsSpan(0, values.Length), update);
        float factor = (float)scale;
        for (int i = 0; i < values.Length; i++) values[i] += factor * (a[i] * b[i]);
        ArrayPool<float>.Shared.Return(a);
        ArrayPool<float>.Shared.Return(b);
    }
}
