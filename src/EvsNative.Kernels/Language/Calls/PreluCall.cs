namespace EvsNative.Kernels;

/// <summary>
/// z = x + residual; y = z where z is not below zero, slope_c z elsewhere (He et al., "Delving Deep into Rectifiers", 2015). Slopes of 0
/// make it ReLU, equal ones the leaky ReLU.
/// </summary>
/// <param name="Y">the shape of x; y may be x or the residual</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Slope">[1,1,1,C] float32</param>
/// <param name="Residual">the shape of x, added before; none if absent</param>
public readonly record struct PreluCall(Tensor Y, Tensor X, Tensor Slope, Tensor? Residual) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Prelu";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + Slope.Bytes + Residual.Bytes();

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.IsVector("slope", Slope, X.Shape.C);
        rules.IsFloat32("slope", Slope);
        rules.Apart(Y, Slope, "slope");
        Term(rules, X, "x");
        if (Residual is { } residual) Term(rules, residual, "residual");
    }

    private void Term(in CallRules rules, Tensor x, string name)
    {
        rules.SameType("y", Y, x, name);
        rules.Is(name, x, Y.Shape);
        rules.SameOrApart(Y, x, name);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="PreluCall"/>
    public static void Prelu(this IKernels kernels, Tensor y, Tensor x, Tensor slope, Tensor? residual = null) =>
        kernels.Run(new PreluCall(y, x, slope, residual));
}
