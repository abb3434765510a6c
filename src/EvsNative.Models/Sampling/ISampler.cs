namespace EvsNative.Models.Sampling;

/// <summary>
/// The rules between the noise levels of a schedule: pure functions of the step index. Latents are variance preserving everywhere,
/// z = sqrt(a) x0 + sqrt(1 - a) noise, which is also what the networks expect.
/// </summary>
internal interface ISampler
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
