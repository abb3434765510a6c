using EvsNative.Kernels;

namespace EvsNative.Models.Sampling;

/// <summary>Where a run's Gaussian numbers come from.</summary>
public interface INoiseSource
{
    /// <summary>Fills a tensor [F,h,w,C] of all frames.</summary>
    /// <param name="d">the device</param>
    /// <param name="noise">to fill</param>
    /// <param name="entry">which entry of the plan the noise belongs to; entries that share noise have the same number</param>
    /// <param name="draw">0 for the entry itself, n for the n-th step after it that needs fresh noise</param>
    void Fill(Device d, Tensor noise, int entry, int draw);
}

/// <summary>
/// The default: numbers that depend on seed, entry, draw, frame and index only, so the same on every backend and for every number of threads.
/// </summary>
/// <param name="seed">the user's seed</param>
/// <param name="shared">0: each frame has its own noise; 1: all frames share one; between: a mixture of unit variance</param>
public sealed class CounterNoise(ulong seed, double shared = 0) : INoiseSource
{
    private const int DrawStride = 1 << 16;

    /// <inheritdoc/>
    public void Fill(Device d, Tensor noise, int entry, int draw) => d.Kernels.Noise(noise, new NoiseKey(seed, entry + (draw * DrawStride), 0, (float)shared));
}

/// <summary>Given numbers, one array [F,h,w,C] for each entry and draw: comparisons with another implementation.</summary>
public sealed class GivenNoise(Func<int, int, float[]> numbers) : INoiseSource
{
    /// <inheritdoc/>
    public void Fill(Device d, Tensor noise, int entry, int draw) => d.Write(noise, numbers(entry, draw));
}
