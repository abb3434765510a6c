namespace EvsNative.Kernels;

/// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias + perImage[n mod its N], moments over each row's channels.</summary>
/// <param name="Y">the shape of x; y may be x</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Weight">[1,1,1,C]</param>
/// <param name="Bias">[1,1,1,C]</param>
/// <param name="Eps">0 or more</param>
/// <param name="PerImage">[any,1,1,C]</param>
public readonly record struct LayerNormCall(Tensor Y, Tensor X, Tensor Weight, Tensor Bias, float Eps, Tensor? PerImage) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "LayerNorm";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + Weight.Bytes + Bias.Bytes + PerImage.Bytes();

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        int channels = X.Shape.C;
        rules.Is("y", Y, X.Shape);
        rules.Norm(Y, X, Weight, Bias, channels, Eps);
        rules.IsFloat32("perImage", PerImage);
        if (PerImage is { } p) rules.Is("perImage", p, Shape.Vector(channels) with { N = p.Shape.N });
        rules.SameOrApart(Y, X, "x");
        rules.Apart(Y, Weight, "weight");
        rules.Apart(Y, Bias, "bias");
        rules.Apart(Y, PerImage, "perImage");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="LayerNormCall"/>
    public static void LayerNorm(this IKernels kernels, Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) =>
        kernels.Run(new LayerNormCall(y, x, weight, bias, eps, perImage));
}
