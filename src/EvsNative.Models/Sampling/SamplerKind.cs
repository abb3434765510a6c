namespace EvsNative.Models.Sampling;

/// <summary>The rules by which a model walks through its noise levels.</summary>
public enum SamplerKind
{
    /// <summary><see cref="Sampling.Ddim"/></summary>
    Ddim,

    /// <summary><see cref="Sampling.Euler"/></summary>
    Euler,

    /// <summary><see cref="Sampling.Lcm"/></summary>
    Lcm,
}

/// <summary>Constructors of the samplers.</summary>
public static class Samplers
{
    /// <summary>
    /// A sampler over <paramref name="steps"/> steps. Euler's last level is 1 whatever the configuration says, as its last sigma is 0.
    /// </summary>
    internal static ISampler Create(SamplerKind kind, SchedulerConfig config, int steps) => kind switch
    {
        SamplerKind.Ddim => new Ddim(NoiseSchedule.Build(config, steps)),
        SamplerKind.Euler => new Euler(NoiseSchedule.Build(config with { SetAlphaToOne = true }, steps)),
        SamplerKind.Lcm => new Lcm(NoiseSchedule.BuildLcm(config, steps)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
