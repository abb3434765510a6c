using EvsNative.Kernels;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// Predicted noise before guidance is applied: negative + guidance (positive - negative), or positive alone. Guidance and the sampler's
/// step are one linear combination, unless guidance is rescaled: then positive is guided already.
/// </summary>
/// <param name="Positive">the prediction with the prompt, or a guided one</param>
/// <param name="Negative">the prediction with the negative prompt, if guidance is still to be applied</param>
/// <param name="Guidance">how far to lead away from the latter</param>
internal readonly record struct Prediction(Tensor Positive, Tensor? Negative = null, double Guidance = 1)
{
    /// <summary>y = mix of latents and the guided prediction, and of noise where the mix has any. y may be the latents.</summary>
    public void Apply(Device d, Tensor y, Tensor latents, Mix mix, Tensor? noise = null)
    {
        float own = (float)mix.Latents;
        if (Negative is { } negative)
            d.Kernels.Combine(y, own, latents, (float)(mix.Epsilon * Guidance), Positive, (float)(mix.Epsilon * (1 - Guidance)), negative);
        else d.Kernels.Combine(y, own, latents, (float)mix.Epsilon, Positive);
        if (noise is { } fresh) d.Kernels.Combine(y, 1, y, (float)mix.Noise, fresh);
    }

    /// <summary>y = the guided prediction.</summary>
    public void CopyTo(Device d, Tensor y)
    {
        if (Negative is { } negative) d.Kernels.Combine(y, (float)Guidance, Positive, (float)(1 - Guidance), negative);
        else d.Kernels.Copy(y, Positive);
    }
}
