namespace EvsNative.Kernels;

/// <summary>
/// A convolution of each channel by itself, through the images of a clip too: y[f,i,j,c] = bias_c + sum over t, u, v of
/// w[t,u,v,c] x[f + t - kd/2, i + u - kh/2, j + v - kw/2, c], zeros outside the picture and outside the clip.
/// </summary>
/// <param name="Y">the shape of x</param>
/// <param name="X">[clips frames,H,W,C]</param>
/// <param name="Filter">[kd,kh,kw,C] float32, each side odd</param>
/// <param name="Bias">[1,1,1,C] float32</param>
/// <param name="Frames">images of a clip</param>
public readonly record struct DepthwiseCall(Tensor Y, Tensor X, Tensor Filter, Tensor Bias, int Frames) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Depthwise";

    /// <inheritdoc/>
    public long Flops => 2 * Y.Shape.Count * (Filter.Shape.Count / Filter.Shape.C);

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + Filter.Bytes + Bias.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var (s, f) = (X.Shape, Filter.Shape);
        rules.Is("y", Y, s);
        rules.SameType("y", Y, X, "x");
        rules.Is("filter", Filter, f with { C = s.C });
        if (f.N % 2 == 0 || f.H % 2 == 0 || f.W % 2 == 0) throw rules.Broken($"filter {Filter} has an even side, odd ones were expected");
        rules.IsFloat32("filter", Filter);
        rules.IsVector("bias", Bias, s.C);
        rules.IsFloat32("bias", Bias);
        if (Frames < 1 || s.N % Frames != 0) throw rules.Broken($"{s.N} images do not divide into clips of {Frames} frames");
        rules.Apart(Y, X, "x");
        rules.Apart(Y, Filter, "filter");
        rules.Apart(Y, Bias, "bias");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="DepthwiseCall"/>
    public static void Depthwise(this IKernels kernels, Tensor y, Tensor x, Tensor filter, Tensor bias, int frames) =>
        kernels.Run(new DepthwiseCall(y, x, filter, bias, frames));
}
