using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>A network with its text, its sampler and its guidance: all that a stage needs to know of a model.</summary>
public interface IDenoiser
{
    /// <summary>The rules between its noise levels.</summary>
    ISampler Sampler { get; }

    /// <summary>Network passes of a guided step: 2, or 1 where guidance is 1 or less.</summary>
    int PassesPerStep { get; }

    /// <summary>The noise in the latents, rented from the device's arena.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[F,h,w,C] at level k (at k - 1 on the way up)</param>
    /// <param name="k">the step whose timestep the network is told</param>
    /// <param name="isGuided">false for the single pass of an inversion</param>
    /// <param name="tap">features to record or to inject</param>
    Prediction Predict(Device d, Tensor latents, int k, bool isGuided, IFeatureTap? tap = null);
}

/// <summary>
/// Predicted noise before guidance is applied: negative + guidance (positive - negative), or positive alone. Guidance and the sampler's step are one
/// linear combination.
/// </summary>
/// <param name="Positive">the prediction with the prompt</param>
/// <param name="Negative">the prediction with the negative prompt</param>
/// <param name="Guidance">how far to lead away from the latter</param>
public readonly record struct Prediction(Tensor Positive, Tensor? Negative = null, double Guidance = 1)
{
    /// <summary>y = mix of latents and the guided prediction, and of noise where the mix has any. y may be the latents.</summary>
    public void Apply(Device d, Tensor y, Tensor latents, Mix mix, Tensor? noise = null)
    {
        if (Negative is { } negative)
            d.Kernels.Combine(y, (float)mix.Latents, latents, (float)(mix.Epsilon * Guidance), Positive, (float)(mix.Epsilon * (1 - Guidance)), negative);
        else d.Kernels.Combine(y, (float)mix.Latents, latents, (float)mix.Epsilon, Positive);
        if (noise is { } fresh) d.Kernels.Combine(y, 1, y, (float)mix.Noise, fresh);
    }

    /// <summary>y = the guided prediction.</summary>
    public void CopyTo(Device d, Tensor y)
    {
        if (Negative is { } negative) d.Kernels.Combine(y, (float)Guidance, Positive, (float)(1 - Guidance), negative);
        else d.Kernels.Copy(y, Positive);
    }
}
