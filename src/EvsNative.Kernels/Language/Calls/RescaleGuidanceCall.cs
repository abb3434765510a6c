namespace EvsNative.Kernels;

/// <summary>
/// Guidance with the contrast of the positive prediction: e = negative + guidance (positive - negative), and for each image
/// y = share e std(positive) / std(e) + (1 - share) e (Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", 2023,
/// equations 14 to 16; <c>guidance_rescale</c> of diffusers). Deviations are of all elements of an image. Whether they divide by the
/// number of elements or by one less, as torch.std does, is the same in their quotient. The quotient is 1 where std(e) is 0.
/// </summary>
/// <param name="Y">[N,H,W,C] float32; y may be either input</param>
/// <param name="Positive">[N,H,W,C] float32, the prediction with the prompt</param>
/// <param name="Negative">[N,H,W,C] float32, the prediction to lead away from</param>
/// <param name="Guidance">how far</param>
/// <param name="Share">0..1: 0 for plain guidance, 1 for all of the positive prediction's contrast</param>
public readonly record struct RescaleGuidanceCall(Tensor Y, Tensor Positive, Tensor Negative, float Guidance, float Share) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "RescaleGuidance";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + Positive.Bytes + Negative.Bytes;

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (!(Share is >= 0 and <= 1)) throw rules.Broken($"share {Share}, 0 to 1 was expected");
        rules.IsFloat32("y", Y);
        Input(rules, Positive, "positive");
        Input(rules, Negative, "negative");
    }

    private void Input(in CallRules rules, Tensor x, string name)
    {
        rules.Is(name, x, Y.Shape);
        rules.IsFloat32(name, x);
        rules.SameOrApart(Y, x, name);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="RescaleGuidanceCall"/>
    public static void RescaleGuidance(
        this IKernels kernels, Tensor y, Tensor positive, Tensor negative, float guidance, float share) =>
        kernels.Run(new RescaleGuidanceCall(y, positive, negative, guidance, share));
}
