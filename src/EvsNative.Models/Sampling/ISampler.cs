namespace EvsNative.Models.Sampling;

/// <summary>
/// A linear combination: latents times <paramref name="Latents"/> plus predicted noise times <paramref name="Epsilon"/> plus fresh Gaussian
/// noise times <paramref name="Noise"/>. Every rule of every sampler is one of these.
/// </summary>
/// <param name="Latents">factor of the latents at hand (of the clean latents, where noise is added)</param>
/// <param name="Epsilon">factor of the network's prediction</param>
/// <param name="Noise">factor of Gaussian noise; 0 where the rule needs none</param>
public readonly record struct Mix(double Latents, double Epsilon, double Noise = 0)
{
    /// <summary>The combination of three numbers.</summary>
    public double Of(double latents, double epsilon, double noise = 0) => (Latents * latents) + (Epsilon * epsilon) + (Noise * noise);
}

/// <summary>
/// The rules between the noise levels of a schedule: pure functions of the step index. Latents are variance preserving everywhere,
/// z = sqrt(a) x0 + sqrt(1 - a) noise, which is also what the networks expect.
/// </summary>
public interface ISampler
{
    /// <summary>The levels.</summary>
    NoiseSchedule Schedule { get; }

    /// <summary>From clean latents to level k, by noise.</summary>
    Mix AddNoise(int k);

    /// <summary>The clean estimate that a prediction at step k implies; what crosses to another model.</summary>
    Mix Estimate(int k);

    /// <summary>From level k to k - 1.</summary>
    Mix Down(int k);

    /// <summary>From level k - 1 to k, with the prediction made at the timestep of k: DDIM inversion.</summary>
    Mix Up(int k);
}
