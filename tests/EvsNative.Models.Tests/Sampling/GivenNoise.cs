using EvsNative.Kernels;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Sampling;

/// <summary>Given numbers, one array [F,h,w,C] for each entry and draw: comparisons with another implementation.</summary>
internal sealed class GivenNoise(Func<int, int, float[]> numbers) : INoiseSource
{
    /// <inheritdoc/>
    public void Fill(Device d, Tensor noise, int firstFrame, int entry, int draw) => d.Write(noise, numbers(entry, draw));
}
