using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Networks;
using EvsNative.Models.Tests.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Runs on clips that are longer than a window.</summary>
public sealed class WindowedRunTests : IDisposable
{
    private static readonly Shape Clip = new(11, 2, 2, 4);

    private readonly Device _d = Device.Open();
    private RecallingDenoiser? _video;

    public void Dispose() => _d.Dispose();

    /// <summary>A network that sees frames by themselves gives the same whatever windows they are in.</summary>
    [Theory]
    [InlineData(EvsMode.Evs, Entry.Noise, BridgeBack.RepeatStep)]
    [InlineData(EvsMode.Evs, Entry.Invert, BridgeBack.DdimDirection)]
    [InlineData(EvsMode.T2VThenT2I, Entry.Invert, BridgeBack.RepeatStep)]
    public void Windows_are_not_seen_where_frames_do_not_hear_of_each_other(EvsMode mode, Entry entry, BridgeBack bridge)
    {
        var config = new EvsConfig { Mode = mode, VideoEntry = entry, Bridge = bridge };
        Assert.InRange(Relative.Error(Run(config, new VideoWindows(4, 1, Shifts: true)), Run(config, null)), 0, 1e-6);
    }

    /// <summary>
    /// A network whose prediction holds what it recorded at the same frame and step: windows or steps that were mixed up would show. All
    /// windows together have the room of one.
    /// </summary>
    [Fact]
    public void Features_belong_to_a_step_and_a_window()
    {
        var config = new EvsConfig { Mode = EvsMode.T2V, VideoEntry = Entry.Invert };
        HashSet<string> names = [RecallingDenoiser.Feature];
        float[] whole = Run(config, null, names), windows = Run(config, new VideoWindows(4, 1, Shifts: true), names);
        long held = _video!.MostHeldBytes;
        Assert.InRange(Relative.Error(windows, whole), 0, 1e-6);
        Assert.True(Relative.Error(Run(config, null), whole) > 1e-2);
        Assert.Equal(4 * Clip.Count / Clip.N * sizeof(float), held);
    }

    /// <summary>One step of the real network: each window is what the network gives for its frames and their texts.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void A_step_is_the_blend_of_what_the_network_gives_for_each_window(double rescale)
    {
        const int K = 1;
        using var scope = _d.Enter("test");
        var draw = new Draw(3);
        Shape words = new(1, 1, 77, 32), shape = new(7, 8, 8, 4);
        Tensor one = draw.Normals(_d, words), two = draw.Normals(_d, words), x = draw.Normals(_d, shape);
        var text = new TextContext(new TextRun(one, 2), new TextRun(two, 5));
        var unet = SmallNetworks.UNet(_d);
        UNetDenoiser Denoiser(TextContext prompt, VideoWindows? cut) =>
            new(new(unet), new EvsConfig().CreateVideoSampler(), new TextConditions(prompt, one), 3)
            {
                IsVideo = true,
                Cut = cut,
                GuidanceRescale = rescale,
            };

        var cut = new VideoWindows(4, 2, Shifts: true);
        float[] got = Guided(Denoiser(text, cut), x);
        double[] expected = new double[got.Length];
        int frame = got.Length / shape.N;
        var windows = cut.Of(shape.N, K);
        Assert.Equal([0, 1, 3], windows.Select(window => window.First));
        foreach (var window in windows)
        {
            float[] part = Guided(Denoiser(text.Slice(window.First, 4), null), x.Images(window.First, 4));
            for (int i = 0; i < part.Length; i++) expected[(window.First * frame) + i] += part[i] * (double)window.Weights[i / frame];
        }

        Assert.InRange(Relative.Error(got, expected), 0, 1e-6);

        float[] Guided(UNetDenoiser denoiser, Tensor latents)
        {
            using var inner = _d.Enter("guided");
            var y = _d.Rent(latents.Shape);
            StepPrediction.Of(_d, denoiser, latents, K, isGuided: true).CopyTo(_d, y);
            return _d.Download(y);
        }
    }

    /// <summary>Windows of all steps, shifted and pulled back, are worked on at one place: a record for each prompt.</summary>
    [Fact]
    public void Passes_of_all_windows_are_one_record_for_each_prompt()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var config = new EvsConfig { Mode = EvsMode.T2V, VideoStart = 4, VideoEntry = Entry.Invert };
        var keys = new Dictionary<object, int>();
        var draw = new Draw(1);
        Tensor Words() => draw.Normals(d, new Shape(1, 1, 77, 32));
        var video = new UNetDenoiser(new(SmallNetworks.UNet(d)), config.CreateVideoSampler(), new TextConditions(Words(), Words()), 2)
        {
            IsVideo = true,
            Cut = new VideoWindows(4, 1, Shifts: true),
            Replay = (_, key, pass) =>
            {
                keys[key] = keys.GetValueOrDefault(key) + 1;
                pass();
            },
        };
        new EvsRefiner(null, video, new CounterNoise(7)).Refine(d, d.Rent(new Shape(15, 8, 8, 4)), EvsPlan.Build(config));
        int windows = Enumerable.Range(1, 4).Sum(k => video.Windows(15, k).Count);
        Assert.Equal(3 * windows, keys.Values.Sum());
        Assert.Equal(3, keys.Count);
    }

    private float[] Run(EvsConfig config, VideoWindows? cut, IReadOnlySet<string>? features = null)
    {
        using var scope = _d.Enter("run");
        var image = new ToyDenoiser(config.CreateImageSampler(), Toy.ImagePositive, Toy.ImageNegative, Toy.Guidance);
        _video = new RecallingDenoiser(new ToyDenoiser(config.CreateVideoSampler(), Toy.Video), cut);
        var refiner = new EvsRefiner(image, _video, new CounterNoise(5), features);
        return _d.Download(refiner.Refine(_d, new Draw(4).Normals(_d, Clip), EvsPlan.Build(config)));
    }
}
