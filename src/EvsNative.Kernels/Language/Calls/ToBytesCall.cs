namespace EvsNative.Kernels;

/// <summary>rgb = floor(127.5 x + 128) within 0..255; 0 for NaN.</summary>
/// <param name="rgb">a byte for each element</param>
/// <param name="x">[N,H,W,3]</param>
public readonly ref struct ToBytesCall(Span<byte> rgb, Tensor x) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "ToBytes";

    /// <summary>The pictures.</summary>
    public Span<byte> Rgb { get; } = rgb;

    /// <summary>The input.</summary>
    public Tensor X { get; } = x;

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => X.Bytes + Rgb.Length;

    /// <inheritdoc/>
    public CallWork Work => default;

    /// <inheritdoc/>
    public void Check(in CallRules rules) => rules.Picture("x", X, Rgb.Length);
}

public static partial class KernelWords
{
    /// <inheritdoc cref="ToBytesCall"/>
    public static void ToBytes(this IKernels kernels, Span<byte> rgb, Tensor x) => kernels.Run(new ToBytesCall(rgb, x));
}
