namespace EvsNative.Models.Sampling;

/// <summary>
/// Euler's method on dy/dsigma = epsilon, the form that AnimateDiff-Lightning was distilled with. Its own latents are y = x0 + sigma
/// noise; between steps they are kept variance preserving, z = y / sqrt(sigma^2 + 1), which is just what the network is fed. On models
/// that predict noise it is the same update as <see cref="Ddim"/> in other coordinates.
/// </summary>
internal sealed class Euler(NoiseSchedule schedule) : ISampler
{
    private readonly Ddim _ddim = new(schedule);

    /// <inheritdoc/>
    public NoiseSchedule Schedule => schedule;

    /// <summary>From y to the network's input at level k: 1 / sqrt(sigma^2 + 1).</summary>
    public double InputScale(int k) => 1 / Math.Sqrt((schedule.Sigma(k) * schedule.Sigma(k)) + 1);

    /// <summary>y at k - 1 = y at k + this times epsilon.</summary>
    public double SigmaStep(int k) => schedule.Sigma(k - 1) - schedule.Sigma(k);

    /// <inheritdoc/>
    public Mix AddNoise(int k) => new(InputScale(k), 0, InputScale(k) * schedule.Sigma(k));

    /// <inheritdoc/>
    public Mix Estimate(int k) => new(1 / InputScale(k), -schedule.Sigma(k));

    /// <inheritdoc/>
    public Mix Down(int k) => new(InputScale(k - 1) / InputScale(k), InputScale(k - 1) * SigmaStep(k));

    /// <inheritdoc/>
    public Mix Up(int k) => _ddim.Up(k);
}
