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
    private readonly List<EvsStep> _steps = [];

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
    /// A run's result is its last latent, which the image model's schedule leaves a little noisy (alpha-bar[0]); within a plan the clean
    /// estimate crosses instead, as in the reference. So a plan of two stages and two runs in a row differ by that.
    /// </summary>
    [Fact]
    public void Two_runs_in_a_row_hand_on_the_latent_and_a_plan_hands_on_the_estimate()
    {
        float image = Run(Image(), null, EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2I }), -0.35f);
        var video = new EvsRefiner(null, Video(), new GivenNoise((_, _) => [0.20f]));
        var plan = EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2V });
        Assert.Equal(0.37721673, _d.Download(video.Refine(_d, _d.Upload([image], One), plan))[0], Tolerance);
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
    public void A_block_of_all_video_steps_hands_on_the_final_video_latent()
    {
        var plan = Stages((Expert.Image, Entry.Noise, 20, 10), (Expert.Video, Entry.Noise, 4, 1), (Expert.Image, Entry.Noise, 10, 1));
        var block = Refiner(-0.35f, 0.20f, 0f).Steps(_d, Given(), plan).Where(step => step.StageIndex == 1);
        var (latents, clean) = block.Select(step => (_d.Download(step.Latents)[0], _d.Download(step.Clean)[0])).Last();
        Assert.Equal(latents, clean, Tolerance);
    }

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
        int[] steps = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1, 2, 3, 4, 4, 3, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
        int[] stages = [.. Enumerable.Repeat(0, 11), .. Enumerable.Repeat(1, 6), .. Enumerable.Repeat(2, 10)];
        Assert.Equal(steps, _steps.Select(s => s.K));
        Assert.Equal(4, _steps.Count(s => s.IsClimbing));
        Assert.Equal(stages, _steps.Select(s => s.StageIndex));
        Assert.Equal(_steps[^1], Assert.Single(_steps, s => s.IsLast));
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
        var refiner = new EvsRefiner(null, new ToyDenoiser(sampler, Toy.Video), noise);
        float got = _d.Download(refiner.Refine(_d, Given(), EvsPlan.Build(config)))[0];

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
        Assert.Equal(InputCode.NotFinite, e.Code);
        Assert.StartsWith("stage 1 (image 20..1), step 13: 1 of 1 numbers are not finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_model_is_named()
    {
        var image = new ToyDenoiser(new EvsConfig().CreateImageSampler(), Toy.ImagePositive);
        var e = Assert.Throws<InputException>(() => Run(image, null, EvsPlan.Build(new EvsConfig())));
        Assert.Equal((InputCode.NotGiven, "stage 2 (video 4..3) needs a model that was not given"), (e.Code, e.Message));
        Assert.Empty(image.Calls);
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
        var image = new SizeWatch(Expert.Image, config.CreateImageSampler(), sizes);
        var video = new SizeWatch(Expert.Video, config.CreateVideoSampler(), sizes);
        var refiner = new EvsRefiner(image, video, new CounterNoise(1));
        var result = refiner.Refine(_d, new Draw(3).Normals(_d, new Shape(2, 4, 6, 4)), EvsPlan.Build(config));
        Assert.Equal(new Shape(2, 8, 12, 4), result.Shape);
        (Expert, int, int)[] expected = [(Expert.Image, 8, 12), (Expert.Video, 4, 6), (Expert.Image, 8, 12)];
        Assert.Equal(expected, sizes.Where((s, i) => i == 0 || s != sizes[i - 1]));
        Assert.All(_d.Download(result), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Reused_noise_is_the_first_entrys() => Assert.Equal([(0, 0), (1, 0), (0, 0)], Drawn(new EvsConfig { ReuseNoise = true }));

    /// <summary>What is reused is the noise of an entry; a sampler that needs fresh noise after each step gets it fresh.</summary>
    [Fact]
    public void Reused_noise_leaves_the_fresh_noise_of_later_steps_to_each_stage()
    {
        var config = new EvsConfig { ReuseNoise = true, ImageSampler = SamplerKind.Lcm };
        var drawn = Drawn(config);
        Assert.Equal([(0, 0), (1, 0), (0, 0)], drawn.Where(key => key.Draw == 0));
        var fresh = drawn.Where(key => key.Draw > 0).ToArray();
        Assert.Equal(11 + 9, fresh.Length);
        Assert.Equal(fresh.Length, fresh.Distinct().Count());
        Assert.Equal(fresh, Drawn(config with { ReuseNoise = false }).Where(key => key.Draw > 0));
    }

    [Fact]
    public void Steps_show_the_latents_and_estimates_that_the_whole_run_ends_with()
    {
        var plan = EvsPlan.Build(new EvsConfig { VideoEntry = Entry.Invert });
        float whole = _d.Download(Refiner(-0.35f, 0, 0.55f).Refine(_d, Given(), plan))[0];
        float[] results = [.. Refiner(-0.35f, 0, 0.55f).Steps(_d, Given(), plan).Select(step => _d.Download(step.Result)[0])];
        Assert.Equal(whole, results[^1]);

        // A run that is stopped after its first stage gives what a plan of that stage alone gives.
        Assert.Equal(Run(Image(), null, [plan[0]], -0.35f), results[plan[0].Steps - 1]);
    }

    /// <summary>
    /// An enumeration that is left closes its scopes: nothing stays rented, no recorded feature stays, the next run is the same.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(27)]
    public void A_run_that_is_left_early_leaves_nothing_behind(int steps)
    {
        var plan = EvsPlan.Build(new EvsConfig { VideoEntry = Entry.Invert });
        var x0 = Given();
        var video = new TappedDenoiser(Video());
        var refiner = new EvsRefiner(Image(), video, new CounterNoise(3), new HashSet<string> { TappedDenoiser.Feature });
        (string path, long held) = (_d.Path, _d.PersistentBytes);
        _d.ResetPeak();
        long rented = _d.ScratchPeakBytes;
        int done = 0;
        foreach (var step in refiner.Steps(_d, x0, plan))
        {
            using var own = _d.Enter("preview");
            _d.Kernels.Copy(_d.Rent(One), step.Clean);
            if (++done == steps) break;
        }

        _d.ResetPeak();
        Assert.Equal((steps, path, held, rented), (done, _d.Path, _d.PersistentBytes, _d.ScratchPeakBytes));
    }

    private static EvsStage[] Stages(params (Expert Expert, Entry Entry, int From, int To)[] stages) =>
        [.. stages.Select((s, i) => new EvsStage(s.Expert, s.Entry, s.From, s.To, i))];

    private static ToyDenoiser Image() => new(new EvsConfig().CreateImageSampler(), Toy.ImagePositive, Toy.ImageNegative, Toy.Guidance);

    private static ToyDenoiser Video(EvsConfig? config = null) => new((config ?? new EvsConfig()).CreateVideoSampler(), Toy.Video);

    private double Refine(EvsConfig config, params float[] noise) => Run(Image(), Video(config), EvsPlan.Build(config), noise);

    private double Refine(EvsStage[] plan, params float[] noise) => Run(Image(), Video(), plan, noise);

    private float Run(IDenoiser? image, IDenoiser? video, IReadOnlyList<EvsStage> plan, params float[] noise)
    {
        float result = float.NaN;
        foreach (var step in new EvsRefiner(image, video, Noise(noise)).Steps(_d, Given(), plan))
        {
            _steps.Add(step);
            if (step.IsLast) result = _d.Download(step.Result)[0];
        }

        return result;
    }

    private Tensor Given() => _d.Upload([0.7f], One);

    private static EvsRefiner Refiner(params float[] noise) => new(Image(), Video(), Noise(noise));

    private static GivenNoise Noise(float[] noise) => new((entry, _) => [noise.Length > 0 ? noise[entry] : 0.1f]);

    /// <summary>The noises that a run asks for.</summary>
    private List<(int Entry, int Draw)> Drawn(EvsConfig config)
    {
        var drawn = new List<(int, int)>();
        var noise = new GivenNoise((entry, draw) =>
        {
            drawn.Add((entry, draw));
            return [0.1f];
        });
        var image = new ToyDenoiser(config.CreateImageSampler(), Toy.ImagePositive);
        new EvsRefiner(image, Video(), noise).Refine(_d, Given(), EvsPlan.Build(config));
        return drawn;
    }

    /// <summary>Offers one feature, as a network would.</summary>
    private sealed class TappedDenoiser(IDenoiser inner) : IDenoiser
    {
        public const string Feature = "feature";

        public ISampler Sampler => inner.Sampler;

        public int PassesPerStep => inner.PassesPerStep;

        public Prediction Rent(Device d, Shape latents, bool isGuided) => inner.Rent(d, latents, isGuided);

        public void Predict(
            Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null)
        {
            tap?.Observe(Feature, latents);
            inner.Predict(d, latents, first, k, isGuided, y);
        }
    }

    private sealed class SizeWatch(Expert expert, ISampler sampler, List<(Expert, int, int)> sizes) : IDenoiser
    {
        public ISampler Sampler => sampler;

        public int PassesPerStep => 1;

        public Prediction Rent(Device d, Shape latents, bool isGuided) => new(d.Rent(latents));

        public void Predict(
            Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null)
        {
            sizes.Add((expert, latents.Shape.H, latents.Shape.W));
            d.Kernels.Combine(y.Positive, 0.1f, latents);
        }
    }
}
