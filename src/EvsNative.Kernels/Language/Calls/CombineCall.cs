namespace EvsNative.Kernels;

/// <summary>y = a x + b x2 + c x3, all of one type: guidance and sampler steps in float32, sums of features.</summary>
/// <param name="Y">the shape of x; y may be any of the inputs</param>
/// <param name="A">factor of x</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="B">factor of x2; 0 without it</param>
/// <param name="X2">the shape of x</param>
/// <param name="C">factor of x3; 0 without it</param>
/// <param name="X3">the shape of x</param>
public readonly record struct CombineCall(Tensor Y, float A, Tensor X, float B, Tensor? X2, float C, Tensor? X3) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Combine";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + X2.Bytes() + X3.Bytes();

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (X2 is null && B != 0) throw rules.Broken($"b {B} without x2, 0 was expected");
        if (X3 is null && C != 0) throw rules.Broken($"c {C} without x3, 0 was expected");
        Term(rules, X, "x");
        if (X2 is { } second) Term(rules, second, "x2");
        if (X3 is { } third) Term(rules, third, "x3");
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
    /// <inheritdoc cref="CombineCall"/>
    public static void Combine(
        this IKernels kernels, Tensor y, float a, Tensor x, float b = 0, Tensor? x2 = null, float c = 0, Tensor? x3 = null) =>
        kernels.Run(new CombineCall(y, a, x, b, x2, c, x3));
}
