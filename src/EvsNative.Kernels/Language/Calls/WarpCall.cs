namespace EvsNative.Kernels;

/// <summary>
/// y[n,i,j] = x[n] at column j + flow[n,i,j,channel] and row i + flow[n,i,j,channel + 1]: bilinear between pixels, places beyond the edges
/// are those of the edges.
/// </summary>
/// <param name="Y">the shape of x</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="Flow">[N,H,W,any] float32, in pixels</param>
/// <param name="Channel">the one of the flow's channels that is along columns; the next is along rows</param>
public readonly record struct WarpCall(Tensor Y, Tensor X, Tensor Flow, int Channel) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Warp";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + (2 * Flow.Bytes / Flow.Shape.C);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Is("y", Y, X.Shape);
        rules.SameType("y", Y, X, "x");
        rules.Beside("flow", Flow, X, Channel, 2);
        rules.IsFloat32("flow", Flow);
        rules.Apart(Y, X, "x");
        rules.Apart(Y, Flow, "flow");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="WarpCall"/>
    public static void Warp(this IKernels kernels, Tensor y, Tensor x, Tensor flow, int channel = 0) =>
        kernels.Run(new WarpCall(y, x, flow, channel));
}
