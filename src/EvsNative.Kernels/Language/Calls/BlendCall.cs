namespace EvsNative.Kernels;

/// <summary>y = m a + (1 - m) b, with one m for all channels of a pixel.</summary>
/// <param name="Y">the shape of a; y may be a or b</param>
/// <param name="A">[N,H,W,C]</param>
/// <param name="B">the shape of a</param>
/// <param name="Mask">[N,H,W,any]</param>
/// <param name="Channel">the one of the mask's channels that m is</param>
public readonly record struct BlendCall(Tensor Y, Tensor A, Tensor B, Tensor Mask, int Channel) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Blend";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + A.Bytes + B.Bytes + (Mask.Bytes / Mask.Shape.C);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Is("a", A, Y.Shape);
        rules.Is("b", B, Y.Shape);
        rules.Beside("mask", Mask, Y, Channel, 1);
        rules.SameType("y", Y, A, "a");
        rules.SameType("y", Y, B, "b");
        rules.SameType("y", Y, Mask, "mask");
        rules.SameOrApart(Y, A, "a");
        rules.SameOrApart(Y, B, "b");
        rules.Apart(Y, Mask, "mask");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="BlendCall"/>
    public static void Blend(this IKernels kernels, Tensor y, Tensor a, Tensor b, Tensor mask, int channel = 0) =>
        kernels.Run(new BlendCall(y, a, b, mask, channel));
}
