namespace EvsNative.Kernels;

/// <summary>y = x.</summary>
/// <param name="Y">as many elements as x, of any type</param>
/// <param name="X">any shape</param>
public readonly record struct CopyCall(Tensor Y, Tensor X) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Copy";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (Y.Shape.Count != X.Shape.Count) throw rules.Broken($"y {Y} does not hold as many elements as x {X}");
        rules.Apart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="CopyCall"/>
    public static void Copy(this IKernels kernels, Tensor y, Tensor x) => kernels.Run(new CopyCall(y, x));
}
