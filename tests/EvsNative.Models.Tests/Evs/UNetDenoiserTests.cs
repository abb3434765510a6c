using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Passes as a device records them.</summary>
public sealed class UNetDenoiserTests
{
    /// <summary>Records that a CUDA device keeps (CudaGraphs.Most).</summary>
    private const int Kept = 8;

    private const double Strong = 7.5;

    private static readonly Shape Prompt = new(1, 1, 77, 32);

    /// <summary>
    /// Small groups: two sizes (3, 3, 3, 3, 3 and 1 frames) times two prompts, whichever step and stage; and two prompts for the video.
    /// So nothing is forgotten before it comes again.
    /// </summary>
    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 2)]
    [InlineData(0, 2)]
    [InlineData(16, 2)]
    public void However_small_the_groups_a_run_needs_few_records(int framesPerPass, int imageRecords)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var config = new EvsConfig { FramesPerPass = framesPerPass, VideoGuidance = 2 };
        Dictionary<object, int> image = [], video = [];
        var refiner = Refiner(d, config, Count(image), Count(video));
        refiner.Refine(d, d.Rent(new Shape(16, 8, 8, 4)), EvsPlan.Build(config));

        int groups = framesPerPass == 0 ? 1 : (16 + framesPerPass - 1) / framesPerPass;
        Assert.Equal((imageRecords, 2), (image.Count, video.Count));
        Assert.Equal((21 * 2 * groups, 2 * 2), (image.Values.Sum(), video.Values.Sum()));
        Assert.True(image.Count + video.Count <= Kept);

        static Action<Device, object, Action> Count(Dictionary<object, int> keys) => (_, key, pass) =>
        {
            keys[key] = keys.GetValueOrDefault(key) + 1;
            pass();
        };
    }

    /// <summary>The first pass of each key is done again in the place of all later ones, as a record is.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_record_of_the_first_pass_does_for_all_later_ones(int framesPerPass)
    {
        using var d = Device.Open();
        var config = new EvsConfig { ImageStart = 4, Insertion = 2, FramesPerPass = framesPerPass };
        Dictionary<object, Action> records = [];
        var x0 = new Draw(5).Normals(d, new Shape(5, 8, 8, 4));
        float[] expected = d.Download(Refiner(d, config, Done, Done).Refine(d, x0, EvsPlan.Build(config)));
        float[] got = d.Download(Refiner(d, config, Recorded, Recorded).Refine(d, x0, EvsPlan.Build(config)));
        Assert.Equal(expected, got);
        Assert.InRange(records.Count, 3, Kept);

        static void Done(Device device, object key, Action pass) => pass();

        void Recorded(Device device, object key, Action pass)
        {
            records.TryAdd(key, pass);
            records[key]();
        }
    }

    /// <summary>A record holds the places of weights, so it must not outlive them; and reading is not part of a record.</summary>
    [Theory]
    [InlineData(null, 2)]
    [InlineData(0L, 0)]
    [InlineData(long.MaxValue, 2)]
    public void A_network_that_was_read_again_is_recorded_again_and_a_streamed_one_never(long? keptBytes, int records)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var scope = d.Enter("test");
        Part<UNet> unet = new(
            [SmallNetworks.Weights(d)], w => new UNet(w[0], SmallNetworks.UNetSizes, keptBytes: keptBytes), isKept: false);
        var words = d.Rent(Prompt);
        HashSet<object> keys = [];
        var denoiser = new UNetDenoiser(unet, new EvsConfig().CreateImageSampler(), new TextConditions(words, words), 1)
        {
            Replay = (_, key, pass) =>
            {
                keys.Add(key);
                pass();
            },
        };
        Tensor x = d.Rent(new Shape(1, 8, 8, 4)), y = d.Rent(x.Shape);
        for (int loan = 0; loan < 2; loan++)
        {
            using var held = unet.Borrow();
            for (int step = 1; step < 3; step++)
            {
                using var inner = d.Enter("step");
                denoiser.Predict(d, x, 0, step, isGuided: false, new Prediction(y));
            }
        }

        Assert.Equal(records, keys.Count);
    }

    /// <summary>The image model's frames are on their own; the video model's clip is one. Deviations as torch.std has them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_with_rescaled_guidance_is_the_formula_in_float64(bool isVideo)
    {
        const int Frames = 3, K = 20;
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var x = new Draw(5).Normals(d, new Shape(Frames, 8, 8, 4));
        var apart = StepPrediction.Of(d, Guided(d, isVideo, rescale: 0), x, K, isGuided: true);
        float[] latents = d.Download(x), positive = d.Download(apart.Positive), negative = d.Download(apart.Negative!.Value);
        var denoiser = Guided(d, isVideo, rescale: 1);
        var mix = denoiser.Sampler.Down(K);
        StepPrediction.Of(d, denoiser, x, K, isGuided: true).Apply(d, x, x, mix);

        double[] guided = [.. positive.Zip(negative, (p, n) => n + (Strong * ((double)p - n)))];
        int size = isVideo ? guided.Length : guided.Length / Frames;
        double[] contrasts =
        [
            .. Enumerable.Range(0, guided.Length / size).Select(i =>
                Deviation([.. positive.Skip(i * size).Take(size).Select(p => (double)p)])
                / Deviation([.. guided.Skip(i * size).Take(size)])),
        ];
        Assert.All(contrasts, contrast => Assert.True(Math.Abs(contrast - 1) > 0.01, $"{contrast}"));
        double[] wanted = [.. latents.Select((z, i) => mix.Of(z, guided[i] * contrasts[i / size]))];
        Assert.InRange(Relative.Error(d.Download(x), wanted), 0, 1e-6);

        static double Deviation(double[] values)
        {
            double mean = values.Average();
            return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        }
    }

    [Fact]
    public void A_step_without_rescaling_is_one_combination_bit_for_bit()
    {
        const int K = 20;
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var x = new Draw(5).Normals(d, new Shape(3, 8, 8, 4));
        var denoiser = Guided(d, isVideo: false, rescale: 0);
        var mix = denoiser.Sampler.Down(K);
        var prediction = StepPrediction.Of(d, denoiser, x, K, isGuided: true);
        Tensor wanted = d.Rent(x.Shape), y = d.Rent(x.Shape);
        d.Kernels.Combine(
            wanted, (float)mix.Latents, x, (float)(mix.Epsilon * Strong), prediction.Positive, (float)(mix.Epsilon * (1 - Strong)),
            prediction.Negative!.Value);
        prediction.Apply(d, y, x, mix);
        Assert.Equal(d.Download(wanted), d.Download(y));
    }

    [Fact]
    public void Without_guidance_there_is_nothing_to_rescale()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var x = new Draw(5).Normals(d, new Shape(3, 8, 8, 4));
        Prediction plain = StepPrediction.Of(d, Guided(d, isVideo: false, rescale: 0), x, 20, isGuided: false),
            rescaled = StepPrediction.Of(d, Guided(d, isVideo: false, rescale: 1), x, 20, isGuided: false);
        Assert.Equal(d.Download(plain.Positive), d.Download(rescaled.Positive));
    }

    private static UNetDenoiser Guided(Device d, bool isVideo, double rescale)
    {
        var draw = new Draw(1);
        var text = new TextConditions(draw.Normals(d, Prompt), draw.Normals(d, Prompt));
        return new UNetDenoiser(new(SmallNetworks.UNet(d)), new EvsConfig().CreateImageSampler(), text, Strong)
        {
            IsVideo = isVideo,
            GuidanceRescale = rescale,
        };
    }

    private static EvsRefiner Refiner(
        Device d, EvsConfig config, Action<Device, object, Action> imageReplay, Action<Device, object, Action> videoReplay)
    {
        var unet = SmallNetworks.UNet(d);
        var draw = new Draw(1);
        var text = new TextConditions(draw.Normals(d, Prompt), draw.Normals(d, Prompt));
        var image = new UNetDenoiser(new(unet), config.CreateImageSampler(), text, config.ImageGuidance)
        {
            FramesPerPass = config.FramesPerPass,
            Replay = imageReplay,
        };
        var video = new UNetDenoiser(new(unet), config.CreateVideoSampler(), text, config.VideoGuidance)
        {
            IsVideo = true,
            Replay = videoReplay,
        };
        return new EvsRefiner(image, video, new CounterNoise(7));
    }
}
