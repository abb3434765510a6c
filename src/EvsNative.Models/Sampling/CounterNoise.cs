using EvsNative.Kernels;

namespace EvsNative.Models.Sampling;

/// <summary>
/// Numbers that depend on seed, entry, draw, frame and index only, so the same on every backend, for every number of threads and however
/// a clip is cut.
/// </summary>
/// <param name="seed">the user's seed</param>
/// <param name="shared">0: each frame has its own noise; 1: all frames share one; between: a mixture of unit variance</param>
public sealed class CounterNoise(ulong seed, double shared = 0) : INoiseSource
{
    private const int DrawStride = 1 << 16;

    /// <inheritdoc/>
    public void Fill(Device d, Tensor noise, int firstFrame, int entry, int draw) =>
        d.Kernels.Noise(noise, new NoiseKey(seed, entry + (draw * DrawStride), firstFrame, (float)shared));
}
