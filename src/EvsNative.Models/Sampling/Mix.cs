namespace EvsNative.Models.Sampling;

/// <summary>
/// A linear combination: latents times <paramref name="Latents"/> plus predicted noise times <paramref name="Epsilon"/> plus fresh Gaussian
/// noise times <paramref name="Noise"/>. Every rule of every sampler is one of these.
/// </summary>
/// <param name="Latents">factor of the latents at hand (of the clean latents, where noise is added)</param>
/// <param name="Epsilon">factor of the network's prediction</param>
/// <param name="Noise">factor of Gaussian noise; 0 where the rule needs none</param>
internal readonly record struct Mix(double Latents, double Epsilon, double Noise = 0)
{
    /// <summary>The combination of three numbers.</summary>
    public double Of(double latents, double epsilon, double noise = 0) => (Latents * latents) + (Epsilon * epsilon) + (Noise * noise);
}
