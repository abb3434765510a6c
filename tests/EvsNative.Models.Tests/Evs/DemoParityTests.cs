using EvsNative.Kernels;
using EvsNative.Layers;

using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Networks;
using EvsNative.Models.Tests.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>
/// The demo's trained model in all compositions against the reference's latents, given its noise (weights/demo/refine.py and demo.json:
/// t_I 12 of 50, t_T2V 4, t_V 3 of 8, n_V 3, guidance 3).
/// </summary>
public sealed class DemoParityTests : IDisposable
{
    private const double Tolerance = 1e-3;
    private const string Prompt = "a red balloon rising over the sea at sunset";

    private static readonly Shape Clip = new(16, 16, 16, 4);

    private readonly Device _d = Device.Open();
    private readonly ModelFolder _folder = ModelFolder.Open(Repository.File("weights", "evs-tiny"));
    private readonly SafetensorsFile _expected = SafetensorsFile.Open(Repository.File("weights", "demo", "expected.safetensors"));

    public void Dispose()
    {
        _expected.Dispose();
        _d.Dispose();
    }

    [Theory]
    [InlineData(EvsMode.Evs, "evs")]
    [InlineData(EvsMode.T2I, "t2i")]
    [InlineData(EvsMode.T2V, "t2v")]
    [InlineData(EvsMode.T2IThenT2V, "t2i+t2v")]
    [InlineData(EvsMode.T2VThenT2I, "t2v+t2i")]
    public void Every_composition_reproduces_the_references_latents(EvsMode mode, string name)
    {
        var config = new EvsConfig
        {
            Mode = mode,
            ImageScheduler = SchedulerConfig.Parse(_folder.ReadScheduler()!.Value, "scheduler"),
            ImageStart = 12,
            Insertion = 4,
            VideoStart = 3,
            VideoCalls = 3,
            ImageGuidance = 3,
        };
        using var files = new WeightFiles();
        var (part, motion) = (_folder.Open(files, ModelPartKind.UNet), _folder.OpenMotionAdapter(files));
        var (store, motionStore) = (new WeightStore(_d, part.Weights), new WeightStore(_d, motion.Weights));
        var unet = new UNet(store.Root, part.Config, motion.Config, motionStore.Root);
        store.Verify();
        motionStore.Verify();

        var text = Encode();
        var image = new UNetDenoiser(new(unet), config.CreateImageSampler(), text, config.ImageGuidance) { FramesPerPass = 5 };
        var video = new UNetDenoiser(new(unet), config.CreateVideoSampler(), text, config.VideoGuidance) { IsVideo = true };
        var noise = new GivenNoise((entry, _) => Expected($"{name}.noise.{entry}"));
        var result = new EvsRefiner(image, video, noise).Refine(_d, _d.Upload(Expected("x0"), Clip), EvsPlan.Build(config));
        Assert.InRange(Relative.Error(_d.Download(result), Expected($"{name}.latents")), 0, Tolerance);
    }

    [Fact]
    public void The_prompt_is_encoded_as_the_reference_does() =>
        Assert.InRange(Relative.Error(_d.Download(Encode().Positive.Runs[0].Words), _expected.Values("text")), 0, Tolerance);

    [Fact]
    public void Seeded_noise_is_torchs()
    {
        for (ulong entry = 0; entry < 3; entry++)
        {
            float[] got = new TorchNoise((7 * 1000) + entry).Normal(Clip);
            Assert.InRange(Relative.Error(got, Expected($"evs.noise.{entry}")), 0, 1e-6);
        }
    }

    private TextConditions Encode()
    {
        using var files = new WeightFiles();
        var part = _folder.Open(files, ModelPartKind.TextEncoder);
        var encoder = new ClipTextEncoder(new WeightStore(_d, part.Weights).Root, part.Config);
        return new PromptEncoder(ClipTokenizer.FromFolder(_folder.TokenizerFolder), encoder).Encode(_d, Prompt, "");
    }

    private float[] Expected(string name) => Nchw.To(_expected.Values(name), Clip);
}
