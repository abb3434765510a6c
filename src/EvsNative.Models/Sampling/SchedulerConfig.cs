using System.Globalization;
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

    /// <summary>AnimateDiff v1, v2 and v3: linear, otherwise as the image model.</summary>
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
            return Parse(new ConfigFields(json, "scheduler"), defaults);
        }
        catch (InputException e)
        {
            throw e.At(origin);
        }
    }

    /// <inheritdoc cref="Parse(JsonElement, string, SchedulerConfig?)"/>
    internal static SchedulerConfig Parse(ConfigFields fields, SchedulerConfig? defaults = null)
    {
        defaults ??= StableDiffusion;
        fields.Only("prediction_type", "only a checkpoint trained to predict noise can be used", "\"epsilon\"");
        fields.Absent("trained_betas", "use a checkpoint with a linear or scaled_linear schedule");
        fields.Only("rescale_betas_zero_snr", "use a checkpoint without it", "false");

        return new SchedulerConfig
        {
            BetaStart = fields.Double("beta_start", defaults.BetaStart, InputLimits.LeastBeta, InputLimits.MostBeta),
            BetaEnd = fields.Double("beta_end", defaults.BetaEnd, InputLimits.LeastBeta, InputLimits.MostBeta),
            BetaSchedule = fields.Word("beta_schedule", "", "linear", "scaled_linear") switch
            {
                "linear" => BetaSchedule.Linear,
                "scaled_linear" => BetaSchedule.ScaledLinear,
                _ => defaults.BetaSchedule,
            },
            TrainSteps = fields.Int(
                "num_train_timesteps", defaults.TrainSteps, InputLimits.MostTrainingSteps, InputLimits.LeastTrainingSteps),
            StepsOffset = fields.Int("steps_offset", defaults.StepsOffset, InputLimits.MostTrainingSteps, 0),
            SetAlphaToOne = fields.Bool("set_alpha_to_one", defaults.SetAlphaToOne),
            TimestepSpacing = fields.Word("timestep_spacing", "", "leading", "trailing", "linspace") switch
            {
                "leading" => TimestepSpacing.Leading,
                "trailing" => TimestepSpacing.Trailing,
                "linspace" => TimestepSpacing.Linspace,
                _ => defaults.TimestepSpacing,
            },
        }.Checked();
    }

    /// <summary>What no number tells by itself.</summary>
    private SchedulerConfig Checked()
    {
        if (BetaEnd < BetaStart) throw OutOfRange($"the betas fall from {Text(BetaStart)} to {Text(BetaEnd)}: they must rise");
        if (StepsOffset >= TrainSteps) throw OutOfRange($"steps_offset {StepsOffset} leaves none of {TrainSteps} training steps");
        return NoiseSchedule.Table(this)[^1] >= InputLimits.LeastSignal
            ? this
            : throw OutOfRange(
                $"{TrainSteps} steps of betas from {Text(BetaStart)} to {Text(BetaEnd)} leave nothing of the picture: check the file");

        static string Text(double beta) => beta.ToString("G6", CultureInfo.InvariantCulture);
        static InputException OutOfRange(string what) => new(InputCode.OutOfRange, $"scheduler config: {what}");
    }
}
