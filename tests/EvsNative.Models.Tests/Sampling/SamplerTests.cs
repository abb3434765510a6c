using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Sampling;

/// <summary>One step of each sampler against diffusers (float32 there: 2e-6), and the laws between them in double.</summary>
public sealed class SamplerTests
{
    private const double Float32 = 2e-6;

    private static Ddim Image { get; } = new(NoiseSchedule.Build(SchedulerConfig.StableDiffusion, 50));

    [Theory]
    [InlineData(50, 981, 0.59840155, 10.515359)]
    [InlineData(1, 1, 0.5038563, 0.51282084)]
    public void Ddim_steps_down(int k, int t, double next, double estimate)
    {
        Assert.Equal(t, Image.Schedule.Timestep(k));
        Assert.Equal(1, Image.Down(k).Of(0.5, -0.3) / next, Float32);
        Assert.Equal(1, Image.Estimate(k).Of(0.5, -0.3) / estimate, Float32);
    }

    [Theory]
    [InlineData(1, 0.49614534)]
    [InlineData(2, 0.46574461)]
    public void Ddim_steps_up(int k, double next) => Assert.Equal(1, Image.Up(k).Of(0.5, -0.3) / next, Float32);

    [Fact]
    public void Climbing_and_descending_with_the_same_predictions_returns_where_it_began()
    {
        var random = new Random(1);
        double[] e = [.. Enumerable.Range(0, 51).Select(_ => (2 * random.NextDouble()) - 1)];
        double z = 0.7;
        for (int k = 1; k <= 50; k++) z = Image.Up(k).Of(z, e[k]);
        for (int k = 50; k >= 1; k--) z = Image.Down(k).Of(z, e[k]);
        Assert.Equal(0.7, z, 1e-10);
    }

    [Fact]
    public void Euler_works_in_sigma_space()
    {
        var euler = new Euler(NoiseSchedule.Build(SchedulerConfig.Lightning, 4));
        Assert.Equal(1, 0.5 * euler.InputScale(4) / 0.019868081, Float32);
        Assert.Equal(1, (0.5 + (euler.SigmaStep(4) * -0.3)) / 6.0766706, Float32);
    }

    [Theory]
    [InlineData(1, "25.146116")]
    [InlineData(2, "25.146116 2.2759624")]
    [InlineData(4, "25.146116 6.5572128 2.2759624 0.86702025")]
    [InlineData(8, "25.146116 12.322533 6.5572128 3.7552826 2.2759624 1.4192125 0.86702025 0.46127117")]
    public void Sigmas_of_Lightning(int steps, string expected)
    {
        var s = NoiseSchedule.Build(SchedulerConfig.Lightning, steps);
        double[] sigmas = [.. expected.Split(' ').Select(double.Parse)];
        for (int i = 0; i < steps; i++) Assert.Equal(1, s.Sigma(steps - i) / sigmas[i], Float32);
        Assert.Equal(0, s.Sigma(0));
    }

    [Fact]
    public void Euler_is_Ddim_in_other_coordinates()
    {
        foreach (var config in new[] { SchedulerConfig.Lightning, SchedulerConfig.StableDiffusion, SchedulerConfig.AnimateDiff })
        {
            var schedule = NoiseSchedule.Build(config, 20);
            var (euler, ddim) = (new Euler(schedule), new Ddim(schedule));
            for (int k = 1; k <= 20; k++)
            {
                CheckEqual(ddim.AddNoise(k), euler.AddNoise(k));
                CheckEqual(ddim.Estimate(k), euler.Estimate(k));
                CheckEqual(ddim.Down(k), euler.Down(k));
            }
        }
    }

    [Fact]
    public void Euler_of_a_whole_run_in_its_own_space_equals_Ddim()
    {
        var schedule = NoiseSchedule.Build(SchedulerConfig.Lightning, 8);
        var (euler, ddim) = (new Euler(schedule), new Ddim(schedule));
        double z = ddim.AddNoise(4).Of(0.7, 0, 0.2), y = z / euler.InputScale(4);
        for (int k = 4; k >= 1; k--)
        {
            y += Toy.Video(y * euler.InputScale(k), schedule.Timestep(k)) * euler.SigmaStep(k);
            z = ddim.Down(k).Of(z, Toy.Video(z, schedule.Timestep(k)));
        }

        Assert.Equal(z, y, 1e-10);
    }

    [Fact]
    public void Lcm_step()
    {
        var lcm = new Lcm(NoiseSchedule.BuildLcm(SchedulerConfig.AnimateLcm, 4));
        Assert.Equal((499, 259), (lcm.Schedule.Timestep(2), lcm.Schedule.Timestep(1)));
        Assert.Equal(0.56019209, lcm.Estimate(2).Of(0.5, 0.3), 6e-9);
        Assert.Equal(0.54964673, lcm.Down(2).Of(0.5, 0.3, 0.2), 6e-9);
    }

    [Fact]
    public void Lcm_ends_with_its_estimate_and_no_noise()
    {
        var lcm = new Lcm(NoiseSchedule.BuildLcm(SchedulerConfig.AnimateLcm, 4));
        Assert.Equal(lcm.Estimate(1), lcm.Down(1));
        Assert.Equal(0, lcm.Down(1).Noise);
        Assert.All(Enumerable.Range(2, 3), k => Assert.NotEqual(0, lcm.Down(k).Noise));
    }

    [Fact]
    public void Inversion_of_the_toy_video_model()
    {
        var ddim = new Ddim(NoiseSchedule.Build(SchedulerConfig.Lightning, 8));
        double[] e = [0, 0.34280000, 0.33346476, 0.28510436, 0.21321931], up = [0.7, 0.77041191, 0.74326089, 0.65729827, 0.53252390];
        double z = 0.7;
        for (int k = 1; k <= 4; k++)
        {
            double prediction = Toy.Video(z, ddim.Schedule.Timestep(k));
            Assert.Equal(e[k], prediction, 6e-9);
            Assert.Equal(up[k], z = ddim.Up(k).Of(z, prediction), 6e-9);
        }

        double[] estimates = [0, 0.72210133, 0.74557433, 0.81411278, 0.95214759];
        for (int k = 4; k >= 1; k--)
        {
            double prediction = Toy.Video(z, ddim.Schedule.Timestep(k));
            Assert.Equal(estimates[k], ddim.Estimate(k).Of(z, prediction), 6e-9);
            z = ddim.Down(k).Of(z, prediction);
        }
    }

    [Fact]
    public void Recorded_predictions_lead_back_only_if_the_last_level_is_that_of_inversion()
    {
        Assert.Equal(0.7, ThereAndBack(SchedulerConfig.Lightning with { SetAlphaToOne = false }), 1e-8);
        Assert.NotEqual(0.7, ThereAndBack(SchedulerConfig.Lightning), 1e-3);

        static double ThereAndBack(SchedulerConfig config)
        {
            var ddim = new Ddim(NoiseSchedule.Build(config, 8));
            double[] recorded = new double[5];
            double z = 0.7;
            for (int k = 1; k <= 4; k++) z = ddim.Up(k).Of(z, recorded[k] = Toy.Video(z, ddim.Schedule.Timestep(k)));
            for (int k = 4; k >= 1; k--) z = ddim.Down(k).Of(z, recorded[k]);
            return z;
        }
    }

    [Theory]
    [InlineData(SamplerKind.Ddim, typeof(Ddim))]
    [InlineData(SamplerKind.Euler, typeof(Euler))]
    [InlineData(SamplerKind.Lcm, typeof(Lcm))]
    public void Samplers_are_of_their_kind(SamplerKind kind, Type type) =>
        Assert.IsType(type, Samplers.Create(kind, SchedulerConfig.StableDiffusion, 8));

    private static void CheckEqual(Mix expected, Mix actual)
    {
        Assert.Equal(expected.Latents, actual.Latents, 1e-12 * Math.Abs(expected.Latents));
        Assert.Equal(expected.Epsilon, actual.Epsilon, 1e-11 * (1 + Math.Abs(expected.Latents)));
        Assert.Equal(expected.Noise, actual.Noise, 1e-12);
    }
}
