namespace EvsNative.Kernels;

/// <summary>
/// Channels laid out as pixels: y[n, s i + u, s j + v, c] = x[n,i,j, (u s + v) C + c] (depth to space). Behind a convolution it makes a
/// transposed one.
/// </summary>
/// <param name="Y">[N, s H, s W, C]</param>
/// <param name="X">[N,H,W, s s C]</param>
/// <param name="Scale">s, pixels of y across one of x</param>
public readonly record struct UnpatchesCall(Tensor Y, Tensor X, int Scale) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Unpatches";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var s = X.Shape;
        if (Scale < 1) throw rules.Broken($"scale {Scale}, 1 or more was expected");
        if (s.C % ((long)Scale * Scale) != 0) throw rules.Broken($"{s.C} channels do not divide into {Scale} x {Scale} pixels");
        rules.Is("y", Y, new Shape(s.N, Scale * s.H, Scale * s.W, s.C / (Scale * Scale)));
        rules.SameType("y", Y, X, "x");
        rules.Apart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="UnpatchesCall"/>
    public static void Unpatches(this IKernels kernels, Tensor y, Tensor x, int scale) => kernels.Run(new UnpatchesCall(y, x, scale));
}
