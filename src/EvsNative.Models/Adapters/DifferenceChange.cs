using System.Buffers;
using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>A change that is stored whole: of norms, biases, small convolutions.</summary>
/// <param name="file">where it is</param>
/// <param name="name">a tensor of as many numbers as the one that it changes</param>
/// <param name="scale">strength</param>
internal sealed class DifferenceChange(LoraFile file, string name, double scale) : WeightChange
{
    /// <inheritdoc/>
    public override void AddTo(Span<float> values, RankUpdate update)
    {
        float[] read = ArrayPool<float>.Shared.Rent(values.Length);
        var difference = read.AsSpan(0, values.Length);
        file.Read(name, difference);
        float factor = (float)scale;
        for (int i = 0; i < values.Length; i++) values[i] += factor * difference[i];
        ArrayPool<float>.Shared.Return(read);
    }
}
