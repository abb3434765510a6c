using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>The loop on networks of one number (evs.md 8.4), in float32 as on any device.</summary>
public sealed class EvsRefinerTests : IDisposable
{
    private const double Tolerance = 3e-6;

    private static readonly Shape One = new(1, 1, 1, 1);

    private readonly Device _d = Device.Open();
    private readonly List<EvsProgress> _steps = [];

    public void Dispose() => _d.Dispose();

    [Theory]
    [InlineData(BridgeBack.RepeatStep, Entry.Noise, 0.64525896)]
    [InlineData(BridgeBack.NextStep, Entry.Noise, 0.63320375)]
    [InlineData(BridgeBack.DdimDirection, Entry.Noise, 0.43180311)]
    [InlineData(BridgeBack.RepeatStep, Entry.Invert, 0.51282123)]
    [InlineData(BridgeBack.NextStep, Entry.Invert, 0.49840866)]
    [InlineData(BridgeBack.DdimDirection, Entry.Invert, 0.29700803)]
    public void Encapsulated_for_every_bridge_and_both_entries(BridgeBack bridge, Entry entry, double expected) =>
        Assert.Equal(expected, Refine(new EvsConfig { Bridge = bridge, VideoEntry = entry }, -0.35f, 0.20f, 0.55f), Tolerance);

    [Theory]
    [InlineData(EvsMode.T2I, 0.24109812)]
    [InlineData(EvsMode.T2V, 0.62941951)]
    [InlineData(EvsMode.T2IThenT2V, 0.37953259)]
    [InlineData(EvsMode.T2VThenT2I, 0.19355615)]
    public void Every_other_composition(EvsMode mode, double expected)
    {
        var config = new EvsConfig { Mode = mode };
        float[] noise = [.. EvsPlan.Build(config).Select(s => s.Expert == Expert.Image ? -0.35f : 0.20f)];
        Assert.Equal(expected, Refine(config, noise), Tolerance);
    }

    /// <summary>
    /// A run's result is its last latent, which the image model's schedule leaves a little noisy (alpha-bar[0]); within a plan the clean estimate
    /// crosses instead, as in the reference. So a plan of two stages and two runs in a row differ by that.
    /// </summary>
    [Fact]
    public void Two_runs_in_a_row_hand_on_the_latent_and_a_plan_hands_on_the_estimate()
    {
        float image = Run(Image(), null, EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2I }), -0.35f);
        var video = new EvsRefiner(null, Video(), new GivenNoise((_, _) => [0.20f]));
        Assert.Equal(0.37721673, _d.Download(video.Refine(_d, _d.Upload([image], One), EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2V })))[0], Tolerance);
    }

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Euler)]
    public void Both_forms_of_the_video_sampler_give_one_result(SamplerKind sampler) =>
        Assert.Equal(0.62941951, Refine(new EvsConfig { Mode = EvsMode.T2V, VideoSampler = sampler }, 0.20f), Tolerance);

    [Fact]
    public void Intermediate_estimates_are_those_of_the_specification()
    {
        Assert.Equal(0.19008745, Refine(Stages((Expert.Image, Entry.Noise, 20, 10)), -0.35f), Tolerance);
        var first = (Expert.Image, Entry.Noise, 20, 10);
        Assert.Equal(0.52208708, Refine(Stages(first, (Expert.Video, Entry.Noise, 4, 4)), -0.35f, 0.20f), Tolerance);
        Assert.Equal(0.42038883, Refine(Stages(first, (Expert.Video, Entry.Noise, 4, 3)), -0.35f, 0.20f), Tolerance);
        Assert.Equal(0.34428114, Refine(Stages(first, (Expert.Video, Entry.Invert, 4, 4)), -0.35f), Tolerance);
        Assert.Equal(0.25760602, Refine(Stages(first, (Expert.Video, Entry.Invert, 4, 3)), -0.35f), Tolerance);
    }

    [Fact]
    public void A_block_of_all_video_steps_hands_on_the_final_video_latent() => Assert.Equal(
        Refine(Stages((Expert.Image, Entry.Noise, 20, 10), (Expert.Video, Entry.Noise, 4, 1)), -0.35f, 0.20f),
        Refine(Stages((Expert.Image, Entry.Noise, 20, 10), (Expert.Video, Entry.Noise, 4, 1), (Expert.Image, Entry.Noise, 0, 1)), -0.35f, 0.20f, 0f) / Math.Sqrt(0.99915),
        Tolerance);

    [Fact]
    public void Without_a_block_the_result_is_the_image_models_bit_for_bit() => Assert.Equal(
        Refine(new EvsConfig { Mode = EvsMode.T2I }, -0.35f), Refine(new EvsConfig { Insertion = 0 }, -0.35f));

    [Fact]
    public void Calls_are_counted_and_reported_step_by_step()
    {
        Refine(new EvsConfig { VideoEntry = Entry.Invert }, -0.35f, 0, 0.55f);
        Assert.Equal(21 + 4 + 2, _steps.Count);
        Assert.Equal((21 * 2) + 4 + 2, _steps[^1].Calls);
        Assert.All(_steps, s => Assert.Equal(_steps[^1].Calls, s.TotalCalls));
        Assert.Equal([20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1, 2, 3, 4, 4, 3, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], _steps.Select(s => s.Step));
        Assert.Equal(4, _steps.Count(s => s.IsClimbing));
        Assert.All(_steps, s => Assert.Equal(s.IsClimbing || s.Plan[s.Stage].Expert == Expert.Video ? Expert.Video : Expert.Image, s.Plan[s.Stage].Expert));
    }

    [Fact]
    public void Inversion_is_not_guided()
    {
        var video = new ToyDenoiser(new EvsConfig().CreateVideoSampler(), Toy.Video, (z, t) => 0.5, guidance: 3);
        Run(null, video, EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2V, VideoEntry = Entry.Invert }));
        Assert.Equal([(1, false), (2, false), (3, false), (4, false), (4, true), (3, true), (2, true), (1, true)], video.Calls);
    }

    [Fact]
    public void Lcm_draws_fresh_noise_at_every_step_but_the_last()
    {
        var config = new EvsConfig { Mode = EvsMode.T2V, Motion = MotionProfile.AnimateLcm, VideoStart = 4 };
        var (sampler, drawn) = (config.CreateVideoSampler(), new List<(int, int)>());
        var noise = new GivenNoise((entry, draw) =>
        {
            drawn.Add((entry, draw));
            return [0.1f * (draw + 1)];
        });
        float got = _d.Download(new EvsRefiner(null, new ToyDenoiser(sampler, Toy.Video), noise).Refine(_d, _d.Upload([0.7f], One), EvsPlan.Build(config)))[0];

        double z = sampler.AddNoise(4).Of(0.7, 0, 0.1);
        for (int k = 4; k >= 1; k--) z = sampler.Down(k).Of(z, Toy.Video(z, sampler.Schedule.Timestep(k)), 0.1 * (4 - k + 2));
        Assert.Equal(z, got, Tolerance);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (0, 3)], drawn);
    }

    [Fact]
    public void Numbers_that_are_not_finite_stop_the_run_where_they_arise()
    {
        var image = new ToyDenoiser(new EvsConfig().CreateImageSampler(), (z, t) => t == 241 ? double.NaN : 0.1 * z);
        var e = Assert.Throws<InputException>(() => Run(image, null, EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2I })));
        Assert.StartsWith("stage 1 (image 20..1), step 13: 1 of 1 numbers are not finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_model_is_named()
    {
        var image = new ToyDenoiser(new EvsConfig().CreateImageSampler(), Toy.ImagePositive);
        var e = Assert.Throws<InputException>(() => Run(image, null, EvsPlan.Build(new EvsConfig())));
        Assert.Equal("stage 2 (video 4..3) needs a model that was not given", e.Message);
    }

    [Fact]
    public void Cancelling_stops_the_run()
    {
        using var source = new CancellationTokenSource();
        _d.Cancellation = source.Token;
        var image = new ToyDenoiser(new EvsConfig().CreateImageSampler(), (z, t) =>
        {
            if (t == 301) source.Cancel();
            return 0;
        });
        Assert.Throws<OperationCanceledException>(() => Run(image, null, EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2I })));
        Assert.Equal(5, image.Calls.Count);
    }

    [Fact]
    public void Latents_are_enlarged_for_the_image_model_and_reduced_for_the_video_model()
    {
        var sizes = new List<(Expert, int, int)>();
        var config = new EvsConfig { Upscale = 2, UpscaleIn = UpscaleIn.Latents };
        var (image, video) = (new SizeWatch(Expert.Image, config.CreateImageSampler(), sizes), new SizeWatch(Expert.Video, config.CreateVideoSampler(), sizes));
        var refiner = new EvsRefiner(image, video, new CounterNoise(1));
        var result = refiner.Refine(_d, new Draw(3).Normals(_d, new Shape(2, 4, 6, 4)), EvsPlan.Build(config));
        Assert.Equal(new Shape(2, 8, 12, 4), result.Shape);
        Assert.Equal([(Expert.Image, 8, 12), (Expert.Video, 4, 6), (Expert.Image, 8, 12)], sizes.Where((s, i) => i == 0 || s != sizes[i - 1]));
        Assert.All(_d.Download(result), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Reused_noise_is_the_first_entrys()
    {
        var entries = new List<int>();
        var noise = new GivenNoise((entry, _) =>
        {
            entries.Add(entry);
            return [0.1f];
        });
        new EvsRefiner(Image(), Video(), noise).Refine(_d, _d.Upload([0.7f], One), EvsPlan.Build(new EvsConfig { ReuseNoise = true }));
        Assert.Equal([0, 1, 0], entries);
    }

    private static EvsStage[] Stages(params (Expert Expert, Entry Entry, int From, int To)[] stages) =>
        [.. stages.Select((s, i) => new EvsStage(s.Expert, s.Entry, s.From, s.To, i))];

    private static ToyDenoiser Image() => new(new EvsConfig().CreateImageSampler(), Toy.ImagePositive, Toy.ImageNegative, Toy.Guidance);

    private static ToyDenoiser Video(EvsConfig? config = null) => new((config ?? new EvsConfig()).CreateVideoSampler(), Toy.Video);

    private double Refine(EvsConfig config, params float[] noise) => Run(Image(), Video(config), EvsPlan.Build(config), noise);

    private double Refine(EvsStage[] plan, params float[] noise) => Run(Image(), Video(), plan, noise);

    private float Run(IDenoiser? image, IDenoiser? video, IReadOnlyList<EvsStage> plan, params float[] noise)
    {
        var source = new GivenNoise((entry, _) => [noise.Length > 0 ? noise[entry] : 0.1f]);
        return _d.Download(new EvsRefiner(image, video, source).Refine(_d, _d.Upload([0.7f], One), plan, new Recorder(_steps)))[0];
    }

    private sealed class Recorder(List<EvsProgress> steps) : IProgress<EvsProgress>
    {
        public void Report(EvsProgress value) => steps.Add(value);
    }

    private sealed class SizeWatch(Expert expert, ISampler sampler, List<(Expert, int, int)> sizes) : IDenoiser
    {
        public ISampler Sampler => sampler;

        public int PassesPerStep => 1;

        public Prediction Predict(Device d, Tensor latents, int k, bool isGuided, IFeatureTap? tap = null)
        {
            sizes.Add((expert, latents.Shape.H, latents.Shape.W));
            var e = d.Rent(latents.Shape);
            d.Kernels.Combine(e, 0.1f, latents);
            return new Prediction(e);
        }
    }
}
