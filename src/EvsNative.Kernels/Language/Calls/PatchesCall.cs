namespace EvsNative.Kernels;

/// <summary>
/// Patches of images as rows: y[n,i,j, ((t kh + u) kw + v) C + c] = x[frames n + t, s i + u - p, s j + v - p, c], zeros outside. A product
/// of it is a convolution of any kernel and stride, through images too where a patch has several frames.
/// </summary>
/// <param name="Y">what <see cref="PatchGeometry.Of"/> says of x</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Geometry">size and places of the patches</param>
public readonly record struct PatchesCall(Tensor Y, Tensor X, PatchGeometry Geometry) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Patches";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var (kernelH, kernelW, stride, padding, frames, roundsUp) = Geometry;
        if (Math.Min(Math.Min(kernelH, kernelW), Math.Min(stride, frames)) < 1 || padding < 0)
        {
            throw rules.Broken($"patches of {frames} x {kernelH} x {kernelW} at every {stride} pixels behind {padding} of zeros, "
                + "sizes of 1 or more and no negative padding were expected");
        }

        if (!roundsUp && X.Shape.N % frames != 0) throw rules.Broken($"{X.Shape.N} images do not divide into {frames} frames");
        var result = Geometry.Of(X.Shape);
        if (result.Rows == 0) throw rules.Broken($"x {X} is smaller than a patch of {frames} x {kernelH} x {kernelW}");
        rules.Is("y", Y, result);
        rules.SameType("y", Y, X, "x");
        rules.Apart(Y, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="PatchesCall"/>
    public static void Patches(this IKernels kernels, Tensor y, Tensor x, PatchGeometry geometry) =>
        kernels.Run(new PatchesCall(y, x, geometry));
}
