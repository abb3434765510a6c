namespace EvsNative.Kernels;

/// <summary>Standard normal numbers by Philox 4x32-10 and Box-Muller; see <see cref="NoiseKey"/>.</summary>
/// <param name="Y">an image for each frame, float32</param>
/// <param name="Key">which numbers</param>
public readonly record struct NoiseCall(Tensor Y, NoiseKey Key) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Noise";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (!(Key.Shared is >= 0 and <= 1)) throw rules.Broken($"shared {Key.Shared}, 0..1 was expected");
        rules.IsFloat32("y", Y);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="NoiseCall"/>
    public static void Noise(this IKernels kernels, Tensor y, in NoiseKey key) => kernels.Run(new NoiseCall(y, key));
}
