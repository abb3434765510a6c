using EvsNative.Layers;

namespace EvsNative.Models.Sampling;

/// <summary>
/// A model's noise levels as step indices: k = 0 is the clean end, k = <see cref="Steps"/> the noisiest level. All of it in double
/// precision. Two models agree neither in timesteps nor in levels: only clean estimates cross from one to the other.
/// </summary>
internal sealed class NoiseSchedule
{
    private readonly double[] _alphaBar;
    private readonly int[] _timestep;

    private NoiseSchedule(double[] table, int[] ascending, double end)
    {
        FirstLevel = table[0];
        _timestep = [0, .. ascending];
        _alphaBar = [end, .. ascending.Select(t => table[t])];
    }

    /// <summary>The schedule of <paramref name="steps"/> steps that the configuration asks for.</summary>
    public static NoiseSchedule Build(SchedulerConfig config, int steps)
    {
        CheckSteps(steps, config.TrainSteps);
        int[] timesteps = config.TimestepSpacing switch
        {
            TimestepSpacing.Leading => Leading(config.TrainSteps, steps, config.StepsOffset),
            TimestepSpacing.Trailing => Trailing(config.TrainSteps, steps),
            TimestepSpacing.Linspace => Linspace(config.TrainSteps, steps),
            _ => throw new ArgumentOutOfRangeException(nameof(config)),
        };
        return From(config, timesteps);
    }

    /// <summary>
    /// The steps of a latent consistency model: <paramref name="steps"/> of the <paramref name="trained"/> that it was distilled on,
    /// which are themselves every (T / trained)-th training step (diffusers LCMScheduler; it knows no offset).
    /// </summary>
    public static NoiseSchedule BuildLcm(SchedulerConfig config, int steps, int trained = 50)
    {
        CheckSteps(steps, trained);
        if (config.TrainSteps < trained)
        {
            throw new InputException(
                InputCode.Mismatch, $"{config.TrainSteps} training steps: a latent consistency model needs {trained} at least");
        }

        int stride = config.TrainSteps / trained;
        double pace = (double)trained / steps;
        return From(config, [.. Enumerable.Range(0, steps).Select(i => ((trained - (int)Math.Floor(i * pace)) * stride) - 1)]);
    }

    /// <summary>The noisiest step, T.</summary>
    public int Steps => _timestep.Length - 1;

    /// <summary>alpha-bar of training step 0: where inversion starts, whatever the last level of denoising is.</summary>
    public double FirstLevel { get; }

    /// <summary>The share of the clean latent's power at level k, 0..Steps.</summary>
    public double AlphaBar(int k) => _alphaBar[k];

    /// <summary>The training step that the network is told at step k, 1..Steps.</summary>
    public int Timestep(int k) =>
        k >= 1 ? _timestep[k] : throw new ArgumentOutOfRangeException(nameof(k), k, "level 0 belongs to no training step");

    /// <summary>sqrt(alpha-bar): the clean latent's factor at level k.</summary>
    public double Signal(int k) => Math.Sqrt(_alphaBar[k]);

    /// <summary>sqrt(1 - alpha-bar): the noise's factor at level k.</summary>
    public double Noise(int k) => Math.Sqrt(1 - _alphaBar[k]);

    /// <summary>sqrt((1 - alpha-bar) / alpha-bar): noise to signal at level k.</summary>
    public double Sigma(int k) => Math.Sqrt((1 - _alphaBar[k]) / _alphaBar[k]);

    /// <summary>The running product of 1 - beta over the training steps.</summary>
    public static double[] Table(SchedulerConfig config)
    {
        double[] table = new double[config.TrainSteps];
        double product = 1, last = config.TrainSteps - 1;
        for (int i = 0; i < table.Length; i++)
        {
            double beta = config.BetaSchedule == BetaSchedule.Linear
                ? config.BetaStart + ((config.BetaEnd - config.BetaStart) * i / last)
                : Square(Math.Sqrt(config.BetaStart) + ((Math.Sqrt(config.BetaEnd) - Math.Sqrt(config.BetaStart)) * i / last));
            table[i] = product *= 1 - beta;
        }

        return table;
    }

    /// <summary>
    /// How many of n steps a strength keeps: n times strength, truncated. The product is taken in double as the reference does: 50 at
    /// 0.58 gives 28.
    /// </summary>
    public static int StepsOf(int steps, double strength) => Math.Min((int)(steps * strength), steps);

    private static NoiseSchedule From(SchedulerConfig config, int[] descending)
    {
        double[] table = Table(config);
        if (descending[0] >= table.Length)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"{descending.Length} steps with offset {config.StepsOffset} go beyond the {config.TrainSteps} training steps: "
                + "take fewer steps");
        }

        if (descending.Distinct().Count() != descending.Length)
            throw new InputException(InputCode.OutOfRange, $"{descending.Length} steps visit a training step twice: take fewer steps");
        Array.Reverse(descending);
        return new NoiseSchedule(table, descending, config.SetAlphaToOne ? 1 : table[0]);
    }

    private static int[] Leading(int trained, int steps, int offset) =>
        [.. Enumerable.Range(0, steps).Select(i => ((steps - 1 - i) * (trained / steps)) + offset)];

    private static int[] Trailing(int trained, int steps) =>
        [.. Enumerable.Range(0, steps).Select(i => (int)Math.Round(trained - (i * ((double)trained / steps))) - 1)];

    private static int[] Linspace(int trained, int steps) =>
        steps == 1 ? [0] : [.. Enumerable.Range(0, steps).Select(i => (int)Math.Round((steps - 1 - i) * ((trained - 1.0) / (steps - 1))))];

    private static void CheckSteps(int steps, int most)
    {
        if (steps >= 1 && steps <= most) return;
        throw new InputException(InputCode.OutOfRange, $"{steps} sampling steps: the model allows 1 to {most}");
    }

    private static double Square(double x) => x * x;
}
