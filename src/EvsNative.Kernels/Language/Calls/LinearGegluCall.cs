namespace EvsNative.Kernels;

/// <summary>y = value * gelu(gate), both halves of one product (GEGLU, exact erf form).</summary>
/// <param name="Y">as many rows as x, of Out / 2 channels</param>
/// <param name="X">rows of In channels</param>
/// <param name="Filter">a gated one</param>
/// <param name="Bias">[1,1,1,Out]</param>
public readonly record struct LinearGegluCall(Tensor Y, Tensor X, Filter Filter, Tensor? Bias) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "LinearGeglu";

    /// <inheritdoc/>
    public long Flops => Filter.Flops(X.Shape.Rows);

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + Filter.Bytes(X) + Bias.Bytes();

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Product, Filter.Shape.Depth, X.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (!Filter.Shape.IsGated) throw rules.Broken($"filter {Filter.Shape} is not gated, a gated one was expected");
        rules.Product("y", Y, X, Filter.Shape, Filter.Shape.Out / 2);
        rules.IsVector("bias", Bias, Filter.Shape.Out);
        rules.IsFloat32("bias", Bias);
        rules.Apart(Y, Bias, "bias");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="LinearGegluCall"/>
    public static void LinearGeglu(this IKernels kernels, Tensor y, Tensor x, Filter filter, Tensor? bias) =>
        kernels.Run(new LinearGegluCall(y, x, filter, bias));
}
