namespace EvsNative.Models.Sampling;

/// <summary>
/// Latent consistency sampling: the consistency function gives a clean estimate, which is noised anew to the next level with fresh noise
/// at every step but the last (diffusers LCMScheduler).
/// </summary>
internal sealed class Lcm(NoiseSchedule schedule) : ISampler
{
    private const double TimestepScale = 10, SigmaData = 0.5;

    private readonly Ddim _ddim = new(schedule);

    /// <inheritdoc/>
    public NoiseSchedule Schedule => schedule;

    /// <summary>The share of the latents themselves in the consistency function at step k.</summary>
    public double Skip(int k) => SigmaData * SigmaData / ((Scaled(k) * Scaled(k)) + (SigmaData * SigmaData));

    /// <summary>The share of the clean estimate in the consistency function at step k.</summary>
    public double Out(int k) => Scaled(k) / Math.Sqrt((Scaled(k) * Scaled(k)) + (SigmaData * SigmaData));

    /// <inheritdoc/>
    public Mix AddNoise(int k) => _ddim.AddNoise(k);

    /// <inheritdoc/>
    public Mix Estimate(int k)
    {
        var x0 = _ddim.Estimate(k);
        return new Mix((Out(k) * x0.Latents) + Skip(k), Out(k) * x0.Epsilon);
    }

    /// <inheritdoc/>
    public Mix Down(int k)
    {
        var d = Estimate(k);
        return k == 1 ? d : new Mix(schedule.Signal(k - 1) * d.Latents, schedule.Signal(k - 1) * d.Epsilon, schedule.Noise(k - 1));
    }

    /// <inheritdoc/>
    public Mix Up(int k) => _ddim.Up(k);

    private double Scaled(int k) => TimestepScale * schedule.Timestep(k);
}
