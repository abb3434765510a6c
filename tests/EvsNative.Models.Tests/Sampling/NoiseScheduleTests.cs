using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Sampling;

/// <summary>Golden numbers of diffusers' schedulers; those rounded to float32 there are compared within 2e-6.</summary>
public sealed class NoiseScheduleTests
{
    private const double Float32 = 2e-6;

    [Theory]
    [InlineData(0, 0.9991500000, 0.9991500000, 0.02916716, 0.02916716)]
    [InlineData(1, 0.9982960278, 0.9982895708, 0.04131441, 0.04139275)]
    [InlineData(2, 0.9974380820, 0.9974187405, 0.05068035, 0.05087180)]
    [InlineData(3, 0.9965761610, 0.9965375376, 0.05861401, 0.05894483)]
    [InlineData(4, 0.9957102636, 0.9956459906, 0.06563701, 0.06612904)]
    [InlineData(99, 0.8954627735, 0.8690528040, 0.34167383, 0.38817273)]
    [InlineData(199, 0.7552383612, 0.6753436097, 0.56928489, 0.69334531)]
    [InlineData(499, 0.2776696505, 0.1618121459, 1.61288619, 2.27596261)]
    [InlineData(899, 0.0142986769, 0.0049934575, 8.30280319, 14.11602084)]
    [InlineData(999, 0.0046600985, 0.0015789629, 14.61464123, 25.14611483)]
    public void Tables_of_both_models(int t, double image, double video, double imageSigma, double videoSigma)
    {
        double a = NoiseSchedule.Table(SchedulerConfig.StableDiffusion)[t], b = NoiseSchedule.Table(SchedulerConfig.AnimateDiff)[t];
        Assert.Equal(image, a, 1e-10);
        Assert.Equal(video, b, 1e-10);
        Assert.Equal(imageSigma, Math.Sqrt((1 - a) / a), 6e-9);
        Assert.Equal(videoSigma, Math.Sqrt((1 - b) / b), 6e-9);
    }

    [Theory]
    [InlineData(0, .99914998, .99914998, .029167533, .029167533)]
    [InlineData(1, .99829602, .99828953, .041314479, .041393299)]
    [InlineData(21, .98038065, .97893643, .14146367, .14668602)]
    [InlineData(381, .45523858, .32017258, 1.0939151, 1.4571601)]
    [InlineData(481, .30229548, .18138821, 1.5192175, 2.1243911)]
    [InlineData(501, .27499887, .15973598, 1.6236929, 2.293541)]
    [InlineData(981, .0057754968, .0019588282, 13.120415, 22.572311)]
    [InlineData(999, .004660096, .0015789628, 14.614645, 25.146116)]
    public void Tables_agree_with_the_float32_ones_of_diffusers(int t, double image, double video, double imageSigma, double videoSigma)
    {
        double a = NoiseSchedule.Table(SchedulerConfig.StableDiffusion)[t], b = NoiseSchedule.Table(SchedulerConfig.AnimateDiff)[t];
        Assert.Equal(1, a / image, Float32);
        Assert.Equal(1, b / video, Float32);
        Assert.Equal(1, Math.Sqrt((1 - a) / a) / imageSigma, 2e-5);
        Assert.Equal(1, Math.Sqrt((1 - b) / b) / videoSigma, 2e-5);
    }

    [Fact]
    public void Leading_steps_of_the_image_model()
    {
        var s = NoiseSchedule.Build(SchedulerConfig.StableDiffusion, 50);
        Assert.Equal(Enumerable.Range(1, 50).Select(k => (20 * (k - 1)) + 1), Timesteps(s));
        Assert.Equal(NoiseSchedule.Table(SchedulerConfig.StableDiffusion)[0], s.AlphaBar(0));
    }

    [Theory]
    [InlineData(20, 381, 0.45523877, 0.67471384, 0.73807942, 1.09391474, 0.48818040)]
    [InlineData(19, 361, 0.48818040, 0.69869908, 0.71541568, 1.02392533, 0.52153982)]
    [InlineData(18, 341, 0.52153982, 0.72217714, 0.69170816, 0.95780955, 0.55514456)]
    [InlineData(17, 321, 0.55514456, 0.74508024, 0.66697484, 0.89517184, 0.58881870)]
    [InlineData(16, 301, 0.58881870, 0.76734523, 0.64123420, 0.83565281, 0.62238541)]
    [InlineData(15, 281, 0.62238541, 0.78891407, 0.61450353, 0.77892328, 0.65566933)]
    [InlineData(14, 261, 0.65566933, 0.80973411, 0.58679696, 0.72467857, 0.68849907)]
    [InlineData(13, 241, 0.68849907, 0.82975844, 0.55812269, 0.67263274, 0.72070939)]
    [InlineData(12, 221, 0.72070939, 0.84894605, 0.52847953, 0.62251250, 0.75214340)]
    [InlineData(11, 201, 0.75214340, 0.86726201, 0.49785198, 0.57405026, 0.78265444)]
    [InlineData(10, 181, 0.78265444, 0.88467759, 0.46620335, 0.52697543, 0.81210774)]
    [InlineData(9, 161, 0.81210774, 0.90117021, 0.43346541, 0.48100282, 0.84038190)]
    [InlineData(8, 141, 0.84038190, 0.91672346, 0.39952234, 0.43581555, 0.86737001)]
    [InlineData(7, 121, 0.86737001, 0.93132702, 0.36418400, 0.39103773, 0.89298054)]
    [InlineData(6, 101, 0.89298054, 0.94497647, 0.32713829, 0.34618671, 0.91713793)]
    [InlineData(5, 81, 0.91713793, 0.95767319, 0.28785772, 0.30058032, 0.93978297)]
    [InlineData(4, 61, 0.93978297, 0.96942404, 0.24539159, 0.25313132, 0.96087279)]
    [InlineData(3, 41, 0.96087279, 0.98024119, 0.19780600, 0.20179319, 0.98038075)]
    [InlineData(2, 21, 0.98038075, 0.99014178, 0.14006874, 0.14146332, 0.99829603)]
    [InlineData(1, 1, 0.99829603, 0.99914765, 0.04127920, 0.04131441, 0.99915000)]
    public void Levels_of_the_image_model(int k, int t, double alphaBar, double signal, double noise, double sigma, double previous) =>
        CheckLevel(NoiseSchedule.Build(SchedulerConfig.StableDiffusion, 50), k, t, alphaBar, signal, noise, sigma, previous);

    [Theory]
    [InlineData(8, 999, 0.00157896, 0.03973617, 0.99921021, 25.14611483, 0.00654258)]
    [InlineData(7, 874, 0.00654258, 0.08088625, 0.99672334, 12.32253169, 0.02272880)]
    [InlineData(6, 749, 0.02272880, 0.15076075, 0.98857028, 6.55721263, 0.06621575)]
    [InlineData(5, 624, 0.06621575, 0.25732422, 0.96632513, 3.75528249, 0.16181215)]
    [InlineData(4, 499, 0.16181215, 0.40225880, 0.91552600, 2.27596261, 0.33176697)]
    [InlineData(3, 374, 0.33176697, 0.57599216, 0.81745522, 1.41921239, 0.57086616)]
    [InlineData(2, 249, 0.57086616, 0.75555685, 0.65508308, 0.86702024, 0.82455789)]
    [InlineData(1, 124, 0.82455789, 0.90805170, 0.41885810, 0.46127121, 1)]
    public void Levels_of_the_video_model(int k, int t, double alphaBar, double signal, double noise, double sigma, double previous) =>
        CheckLevel(NoiseSchedule.Build(SchedulerConfig.Lightning, 8), k, t, alphaBar, signal, noise, sigma, previous);

    [Theory]
    [InlineData(1, "999")]
    [InlineData(2, "999 499")]
    [InlineData(4, "999 749 499 249")]
    [InlineData(8, "999 874 749 624 499 374 249 124")]
    [InlineData(20, "999 949 899 849 799 749 699 649 599 549 499 449 399 349 299 249 199 149 99 49")]
    public void Trailing_steps(int steps, string expected) =>
        Assert.Equal(expected, Descending(NoiseSchedule.Build(SchedulerConfig.Lightning, steps)));

    [Fact]
    public void Linspace_steps() => Assert.Equal(
        "999 957 916 874 832 791 749 708 666 624 583 541 500 458 416 375 333 291 250 208 166 125 83 42 0",
        Descending(NoiseSchedule.Build(SchedulerConfig.AnimateDiff with { TimestepSpacing = TimestepSpacing.Linspace }, 25)));

    [Theory]
    [InlineData(4, "999 759 499 259")]
    [InlineData(6, "999 839 679 499 339 179")]
    [InlineData(8, "999 879 759 639 499 379 259 139")]
    public void Lcm_steps(int steps, string expected) =>
        Assert.Equal(expected, Descending(NoiseSchedule.BuildLcm(SchedulerConfig.AnimateLcm, steps)));

    [Theory]
    [InlineData(50, 0.4, 20)]
    [InlineData(50, 0.58, 28)]
    [InlineData(8, 0.4, 3)]
    [InlineData(50, 1.0, 50)]
    [InlineData(50, 0.0, 0)]
    public void Strength_is_truncated_in_double(int steps, double strength, int expected) =>
        Assert.Equal(expected, NoiseSchedule.StepsOf(steps, strength));

    [Fact]
    public void Levels_fall_from_clean_to_noisy_for_every_spacing_and_number_of_steps()
    {
        foreach (var spacing in Enum.GetValues<TimestepSpacing>())
        {
            foreach (int steps in new[] { 1, 2, 3, 7, 25, 33, 50, 333, 500 })
            {
                var s = NoiseSchedule.Build(SchedulerConfig.AnimateDiff with { TimestepSpacing = spacing, SetAlphaToOne = true }, steps);
                Assert.Equal(steps, s.Steps);
                for (int k = 1; k <= steps; k++) Assert.InRange(s.AlphaBar(k), 0, Math.BitDecrement(s.AlphaBar(k - 1)));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(1001)]
    [InlineData(1000)]
    public void Impossible_numbers_of_steps_are_refused(int steps)
    {
        var e = Assert.Throws<InputException>(() => NoiseSchedule.Build(SchedulerConfig.StableDiffusion, steps));
        Assert.Equal(InputCode.OutOfRange, e.Code);
        Assert.Contains($"{steps} ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lcm_takes_no_more_steps_than_it_was_distilled_on() =>
        Assert.Throws<InputException>(() => NoiseSchedule.BuildLcm(SchedulerConfig.AnimateLcm, 51));

    private static void CheckLevel(
        NoiseSchedule s, int k, int t, double alphaBar, double signal, double noise, double sigma, double previous)
    {
        Assert.Equal(t, s.Timestep(k));
        Assert.Equal(alphaBar, s.AlphaBar(k), 6e-9);
        Assert.Equal(signal, s.Signal(k), 6e-9);
        Assert.Equal(noise, s.Noise(k), 6e-9);
        Assert.Equal(sigma, s.Sigma(k), 6e-9);
        Assert.Equal(previous, s.AlphaBar(k - 1), 6e-9);
    }

    private static IEnumerable<int> Timesteps(NoiseSchedule s) => Enumerable.Range(1, s.Steps).Select(s.Timestep);

    private static string Descending(NoiseSchedule s) => string.Join(' ', Timesteps(s).Reverse());
}
