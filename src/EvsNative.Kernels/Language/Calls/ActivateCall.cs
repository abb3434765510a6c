namespace EvsNative.Kernels;

/// <summary>y = activation(x).</summary>
/// <param name="Y">the shape of x, of any type; y may be x</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Activation">the function</param>
public readonly record struct ActivateCall(Tensor Y, Tensor X, Activation Activation) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Activate";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Is("y", Y, X.Shape);
        rules.SameOrApart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="ActivateCall"/>
    public static void Activate(this IKernels kernels, Tensor y, Tensor x, Activation activation) =>
        kernels.Run(new ActivateCall(y, x, activation));
}
