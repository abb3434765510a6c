namespace EvsNative.Kernels;

/// <summary>
/// The <see cref="ChannelMoments"/> of a tensor: what a product leaves of its result on some devices, of any tensor and on all devices.
/// Whoever merges those of the parts of a picture can norm each part by them (<see cref="GroupNormCall.Moments"/>).
/// </summary>
/// <param name="Moments">[N,H * W / 64,2,C] float32: the shape that <see cref="ChannelMoments.ShapeOf"/> gives for x</param>
/// <param name="X">[N,H,W,C], whose H * W pixels divide into runs of 64</param>
public readonly record struct ChannelMomentsCall(Tensor Moments, Tensor X) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "ChannelMoments";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Moments.Bytes + X.Bytes;

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Memory, Type: X.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Moments(Moments, X, "x");
        rules.Apart(Moments, X, "x");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="ChannelMomentsCall"/>
    public static void ChannelMoments(this IKernels kernels, Tensor moments, Tensor x) => kernels.Run(new ChannelMomentsCall(moments, x));
}
