using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Networks;
using EvsNative.Models.Tests.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Whole runs with small networks, weights and noise by formula, against the reference (tests/reference/golden.py).</summary>
[Collection(nameof(OpenDevices))]
public sealed class EvsGoldenTests(OpenDevices devices)
{
    internal const double Tolerance = 2e-4;

    internal static readonly Shape Clip = new(8, 16, 16, 4);
    private static readonly Shape Prompt = new(1, 1, 77, 32);

    public static TheoryData<string> Cases => [.. Configs.Keys];

    private static Dictionary<string, EvsConfig> Configs { get; } = new()
    {
        ["evs small"] = new(),
        ["evs small, sfi deep"] = new() { Sfi = new SfiConfig(SfiPreset.Deep) },
        ["evs small, sfi shallow"] = new() { Sfi = new SfiConfig(SfiPreset.Shallow) },
        ["evs small, inversion without injection"] = new() { VideoEntry = Entry.Invert },
        ["t2i small"] = new() { Mode = EvsMode.T2I },
        ["t2v small"] = new() { Mode = EvsMode.T2V },
        ["t2i+t2v small"] = new() { Mode = EvsMode.T2IThenT2V },
        ["t2v+t2i small"] = new() { Mode = EvsMode.T2VThenT2I },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whole_runs_equal_the_reference(string name) => Check(TestDevices.Cpu, name);

    /// <summary>
    /// The other cases are the same passes in other orders and numbers, which a device does not see, and a minute each on a processor's
    /// OpenCL: EVSNATIVE_ALL_GOLDENS=1 runs them too.
    /// </summary>
    public static TheoryData<string> CasesOnOpenCL { get; } = Environment.GetEnvironmentVariable("EVSNATIVE_ALL_GOLDENS") == "1"
        ? Cases
        : ["t2v small"];

    [Theory]
    [MemberData(nameof(CasesOnOpenCL))]
    public void Whole_runs_on_OpenCL_equal_the_reference(string name) => Check(TestDevices.OpenCL, name);

    /// <summary>What this run has not, the passes of the inversion and of injected features: two image steps instead of twenty.</summary>
    [Fact]
    public void Inversion_and_injection_on_OpenCL_give_the_processors_latents()
    {
        var config = Configs["evs small, sfi deep"] with { ImageStart = 2 };
        float[] got = Latents(TestDevices.OpenCL, config);
        Assert.InRange(Relative.Error(got, Latents(TestDevices.Cpu, config)), 1e-9, Tolerance);
    }

    private void Check(string device, string name) =>
        Assert.InRange(Golden.Case(name)["latents"].Error(Nchw.From(Latents(device, Configs[name]), Clip)), 0, Tolerance);

    private float[] Latents(string device, EvsConfig config)
    {
        var (d, unet) = devices.Get(device);
        using var scope = d.Enter("golden");
        return d.Download(Refine(d, unet, config));
    }

    [Fact]
    public void Frames_in_groups_give_the_same_picture_with_less_memory()
    {
        using var d = Device.Open();
        var unet = SmallNetworks.UNet(d);
        var config = new EvsConfig { Mode = EvsMode.T2I, ImageStart = 2 };
        float[] whole = d.Download(Refine(d, unet, config));
        long all = Peak();
        foreach (int frames in new[] { 1, 3, 8, 20 })
        {
            d.ResetPeak();
            float[] grouped = d.Download(Refine(d, unet, config with { FramesPerPass = frames }));
            Assert.InRange(Relative.Error(grouped, whole), 0, 1e-6);
            if (frames == 1) Assert.InRange(Peak(), 1, all / 2);
        }

        long Peak() => d.ScratchPeakBytes;
    }

    /// <summary>The latents of a run of the reference's: its input, noise and prompt.</summary>
    internal static Tensor Refine(Device d, UNet unet, EvsConfig config)
    {
        var text = new TextConditions(Text("input.text"), Text("input.empty"));
        var image = new UNetDenoiser(new(unet), config.CreateImageSampler(), text, config.ImageGuidance)
        {
            FramesPerPass = config.FramesPerPass,
        };
        var video = new UNetDenoiser(new(unet), config.CreateVideoSampler(), text, config.VideoGuidance) { IsVideo = true };
        var noise = new GivenNoise((entry, _) => Nchw.To(FormulaWeights.Input($"input.noise{entry}", Clip.Count), Clip));

        var x0 = Nchw.Input(d, "input.clean", Clip);
        d.Kernels.Combine(x0, 0.8f, x0);
        var refiner = new EvsRefiner(image, video, noise, config.Sfi.Names(unet.Features), config.Sfi.QueryWeight);
        return refiner.Refine(d, x0, EvsPlan.Build(config));

        Tensor Text(string name) => d.Upload(FormulaWeights.Input(name, Prompt.Count), Prompt);
    }
}
