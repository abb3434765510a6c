using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models.Sampling;

/// <summary>How the variances of the training steps grow.</summary>
public enum BetaSchedule
{
    /// <summary>Evenly from beta_start to beta_end: AnimateDiff and its descendants.</summary>
    Linear,

    /// <summary>The square roots evenly: Stable Diffusion 1.5.</summary>
    ScaledLinear,
}

/// <summary>Which training steps a run of n steps visits.</summary>
public enum TimestepSpacing
{
    /// <summary>Multiples of T div n, from the clean end, plus the offset.</summary>
    Leading,

    /// <summary>Every (T / n)-th step counted from the noisy end, which is included.</summary>
    Trailing,

    /// <summary>n points from 0 to T - 1, both included, rounded.</summary>
    Linspace,
}

/// <summary>The noise that a model was trained with and the steps to visit: diffusers' scheduler_config.json.</summary>
public sealed record SchedulerConfig
{
    /// <summary>What SD1.5 checkpoints ship: scaled-linear, leading, offset 1, last level alpha-bar[0].</summary>
    public static SchedulerConfig StableDiffusion { get; } = new();

    /// <summary>AnimateDiff v2 and v3: linear, otherwise as the image model.</summary>
    public static SchedulerConfig AnimateDiff { get; } = new() { BetaSchedule = BetaSchedule.Linear };

    /// <summary>AnimateDiff-Lightning: linear, trailing, last level 1.</summary>
    public static SchedulerConfig Lightning { get; } =
        AnimateDiff with { StepsOffset = 0, SetAlphaToOne = true, TimestepSpacing = TimestepSpacing.Trailing };

    /// <summary>AnimateLCM: linear; the steps are chosen by the LCM sampler itself.</summary>
    public static SchedulerConfig AnimateLcm { get; } = AnimateDiff with { StepsOffset = 0, SetAlphaToOne = true };

    /// <summary>Variance of the first training step.</summary>
    public double BetaStart { get; init; } = 0.00085;

    /// <summary>Variance of the last training step.</summary>
    public double BetaEnd { get; init; } = 0.012;

    /// <summary>The way between both.</summary>
    public BetaSchedule BetaSchedule { get; init; } = BetaSchedule.ScaledLinear;

    /// <summary>Training steps, T.</summary>
    public int TrainSteps { get; init; } = 1000;

    /// <summary>Added to every step of the leading spacing.</summary>
    public int StepsOffset { get; init; } = 1;

    /// <summary>True if the level after the last step is 1, false if it is alpha-bar[0].</summary>
    public bool SetAlphaToOne { get; init; }

    /// <summary>The steps visited.</summary>
    public TimestepSpacing TimestepSpacing { get; init; } = TimestepSpacing.Leading;

    /// <summary>Reads the content of a scheduler_config.json.</summary>
    /// <param name="json">the object</param>
    /// <param name="origin">where it comes from, for error messages</param>
    /// <param name="defaults">what holds for keys that it lacks; the image model's if absent</param>
    /// <exception cref="InputException">noise that the samplers cannot follow, or no configuration at all</exception>
    public static SchedulerConfig Parse(JsonElement json, string origin, SchedulerConfig? defaults = null)
    {
        try
        {
            return Read(json, origin, defaults ?? StableDiffusion);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InputException(InputCode.Damaged, $"{origin}: not a scheduler configuration: {e.Message}", cause: e);
        }
    }

    private static SchedulerConfig Read(JsonElement root, string origin, SchedulerConfig defaults)
    {
        JsonElement? Key(string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        InputException Unsupported(string what) => new(InputCode.Unsupported, $"{origin}: {what}");

        string prediction = Key("prediction_type")?.GetString() ?? "epsilon";
        if (prediction != "epsilon")
        {
            throw Unsupported(
                $"prediction_type '{prediction}' is not supported, only 'epsilon': use a checkpoint trained to predict noise");
        }

        if (Key("trained_betas") is not null)
            throw Unsupported("trained_betas are not supported: use a checkpoint with a linear or scaled_linear schedule");
        if (Key("rescale_betas_zero_snr")?.GetBoolean() == true)
            throw Unsupported("rescale_betas_zero_snr is not supported: use a checkpoint without it");

        return new SchedulerConfig
        {
            BetaStart = Key("beta_start")?.GetDouble() ?? defaults.BetaStart,
            BetaEnd = Key("beta_end")?.GetDouble() ?? defaults.BetaEnd,
            BetaSchedule = Key("beta_schedule")?.GetString() switch
            {
                null => defaults.BetaSchedule,
                "linear" => BetaSchedule.Linear,
                "scaled_linear" => BetaSchedule.ScaledLinear,
                var other => throw Unsupported($"beta_schedule '{other}' is not supported, only 'linear' and 'scaled_linear'"),
            },
            TrainSteps = Key("num_train_timesteps")?.GetInt32() ?? defaults.TrainSteps,
            StepsOffset = Key("steps_offset")?.GetInt32() ?? defaults.StepsOffset,
            SetAlphaToOne = Key("set_alpha_to_one")?.GetBoolean() ?? defaults.SetAlphaToOne,
            TimestepSpacing = Key("timestep_spacing")?.GetString() switch
            {
                null => defaults.TimestepSpacing,
                "leading" => TimestepSpacing.Leading,
                "trailing" => TimestepSpacing.Trailing,
                "linspace" => TimestepSpacing.Linspace,
                var other => throw Unsupported($"timestep_spacing '{other}' is unknown: leading, trailing or linspace"),
            },
        }.Checked(origin);
    }

    private SchedulerConfig Checked(string origin)
    {
        if (!(BetaStart > 0 && BetaEnd >= BetaStart && BetaEnd < 1))
            throw OutOfRange($"betas from {BetaStart} to {BetaEnd} are no noise schedule: they must rise within 0..1");
        if (TrainSteps is < 2 or > 100_000) throw OutOfRange($"num_train_timesteps {TrainSteps} is out of range");
        if (StepsOffset < 0 || StepsOffset >= TrainSteps) throw OutOfRange($"steps_offset {StepsOffset} is out of range");
        return this;

        InputException OutOfRange(string what) => new(InputCode.OutOfRange, $"{origin}: {what}");
    }
}
