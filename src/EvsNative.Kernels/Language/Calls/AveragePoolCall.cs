namespace EvsNative.Kernels;

/// <summary>Means of 2 x 2 pixels; an odd last row or column is left out.</summary>
/// <param name="Y">[N, H / 2, W / 2, C], rounded down</param>
/// <param name="X">[N,H,W,C], both sides 2 or more</param>
public readonly record struct AveragePoolCall(Tensor Y, Tensor X) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "AveragePool";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var s = X.Shape;
        if (s.H < 2 || s.W < 2) throw rules.Broken($"x {X} has sides of {s.H} and {s.W} pixels, at least 2 were expected");
        rules.Is("y", Y, s with { H = s.H / 2, W = s.W / 2 });
        rules.SameType("y", Y, X, "x");
        rules.Apart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="AveragePoolCall"/>
    public static void AveragePool(this IKernels kernels, Tensor y, Tensor x) => kernels.Run(new AveragePoolCall(y, x));
}
