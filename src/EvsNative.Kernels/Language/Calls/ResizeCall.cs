namespace EvsNative.Kernels;

/// <summary>Each image of x resized to the height and width of y.</summary>
/// <param name="Y">[N, any height, any width, C]</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Interpolation">how values between pixels are found</param>
public readonly record struct ResizeCall(Tensor Y, Tensor X, Interpolation Interpolation) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Resize";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Is("y", Y, Y.Shape with { N = X.Shape.N, C = X.Shape.C });
        rules.SameType("y", Y, X, "x");
        rules.Apart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="ResizeCall"/>
    public static void Resize(this IKernels kernels, Tensor y, Tensor x, Interpolation interpolation) =>
        kernels.Run(new ResizeCall(y, x, interpolation));
}
