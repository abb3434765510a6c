namespace EvsNative.Kernels;

/// <summary>y = rgb / 127.5 - 1.</summary>
/// <param name="y">[N,H,W,3]</param>
/// <param name="rgb">a byte for each element</param>
public readonly ref struct FromBytesCall(Tensor y, ReadOnlySpan<byte> rgb) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "FromBytes";

    /// <summary>The destination.</summary>
    public Tensor Y { get; } = y;

    /// <summary>The pictures.</summary>
    public ReadOnlySpan<byte> Rgb { get; } = rgb;

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + Rgb.Length;

    /// <inheritdoc/>
    public CallWork Work => default;

    /// <inheritdoc/>
    public void Check(in CallRules rules) => rules.Picture("y", Y, Rgb.Length);
}

public static partial class KernelWords
{
    /// <inheritdoc cref="FromBytesCall"/>
    public static void FromBytes(this IKernels kernels, Tensor y, ReadOnlySpan<byte> rgb) => kernels.Run(new FromBytesCall(y, rgb));
}
