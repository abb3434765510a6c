namespace EvsNative.Models.Sampling;

/// <summary>Denoising diffusion implicit models without added noise (eta 0), and their inversion.</summary>
internal sealed class Ddim(NoiseSchedule schedule) : ISampler
{
    /// <inheritdoc/>
    public NoiseSchedule Schedule => schedule;

    /// <inheritdoc/>
    public Mix AddNoise(int k) => new(schedule.Signal(k), 0, schedule.Noise(k));

    /// <inheritdoc/>
    public Mix Estimate(int k) => new(1 / schedule.Signal(k), -schedule.Sigma(k));

    /// <inheritdoc/>
    public Mix Down(int k) => Between(schedule.AlphaBar(k), schedule.AlphaBar(k - 1));

    /// <inheritdoc/>
    /// <remarks>
    /// The clean end counts as training step 0, so that a climb and a descent pair up where the last level is alpha-bar[0].
    /// </remarks>
    public Mix Up(int k) => Between(k > 1 ? schedule.AlphaBar(k - 1) : schedule.FirstLevel, schedule.AlphaBar(k));

    /// <summary>To the clean estimate of level a and, with the same noise, on to level b.</summary>
    private static Mix Between(double a, double b)
    {
        double scale = Math.Sqrt(b / a);
        return new Mix(scale, Math.Sqrt(1 - b) - (scale * Math.Sqrt(1 - a)));
    }
}
