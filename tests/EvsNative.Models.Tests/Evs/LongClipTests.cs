using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>The pipeline on clips of any length, with networks of the tiny size.</summary>
public sealed class LongClipTests
{
    private static readonly EvsConfig Few = new()
    {
        ImageStart = 2,
        Insertion = 1,
        ImageGuidance = 1,
        VideoStart = 1,
        VideoCalls = 1,
        Window = 3,
        WindowOverlap = 1,
        FramesPerPass = 2,
    };

    /// <summary>
    /// What grows is latents: of the clip, of each model, of a prediction, of the result. What is left is that of one window.
    /// </summary>
    [Theory]
    [InlineData(EvsMode.Evs, SfiPreset.None, UpscaleIn.Pixels)]
    [InlineData(EvsMode.Evs, SfiPreset.Deep, UpscaleIn.Pixels)]
    [InlineData(EvsMode.Evs, SfiPreset.None, UpscaleIn.Latents)]
    [InlineData(EvsMode.T2V, SfiPreset.Full, UpscaleIn.Pixels)]
    public void Memory_grows_by_latents_alone(EvsMode mode, SfiPreset sfi, UpscaleIn upscaleIn)
    {
        var config = new EvsConfig { Mode = mode, Sfi = new SfiConfig(sfi), UpscaleIn = upscaleIn, VideoGuidance = 2 };
        long few = Peak(50), some = Peak(200), many = Peak(1000);
        double scale = upscaleIn == UpscaleIn.Latents ? config.Upscale * config.Upscale : 1, latents = 8 * 8 * 4 * sizeof(float) * scale;
        double frame = (many - few) / 950.0;
        TestContext.Current.TestOutputHelper?.WriteLine($"{few} {some} {many}: {frame / latents:F2} latents a frame");
        Assert.InRange(frame / latents, 1, 13);
        double[] rest = [few - (50 * frame), some - (200 * frame), many - (1000 * frame)];
        Assert.InRange(rest.Max() / rest.Min(), 1, 1.1);

        long Peak(int frames)
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null));
            using var parts = FormulaModels.Open("tiny");
            var networks = EvsNetworks.Load(d, parts);
            long weights = d.PersistentBytes;
            new EvsPipeline(networks).Refine(d, (_, _) => { }, new Shape(frames, 64, 64, 3), (_, _) => { }, "a clip", config);
            return d.PeakHeldBytes - weights;
        }
    }

    [Fact]
    public void One_frame_is_refined_as_a_video_of_one_frame_and_said()
    {
        using var d = Device.Open();
        var networks = Networks(d);
        List<Notice> told = [];
        var x0 = new Draw(2).Normals(d, new Shape(1, 4, 4, 4));
        float[] result = d.Download(new EvsPipeline(networks) { OnWarning = told.Add }.Refine(d, x0, "a clip", Few));
        Assert.All(result, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(NoticeCode.Assumed, Assert.Single(told).Code);
        told.Clear();
        new EvsPipeline(networks) { OnWarning = told.Add }.Refine(d, x0, "a clip", Few with { Mode = EvsMode.T2I });
        new EvsPipeline(networks) { OnWarning = told.Add }.Refine(d, new Draw(2).Normals(d, new Shape(2, 4, 4, 4)), "a clip", Few);
        Assert.Empty(told);
    }

    /// <summary>Encoded and decoded groups, passes and states: a run that ends after each of them in turn.</summary>
    [Fact]
    public void A_clip_that_ends_after_any_unit_goes_on_to_the_same_bytes()
    {
        using var d = Device.Open();
        var networks = Networks(d);
        EvsPipeline Pipeline(IWorkStore? store) => new(networks) { Store = store };
        var plain = new ClipRun(d, Pipeline(null));
        plain.Do();
        var counted = new MemoryStore();
        var kept = new ClipRun(d, Pipeline(counted.Join()));
        kept.Do();
        Assert.Equal(plain.Pictures, kept.Pictures);
        Assert.Equal(plain.Told, kept.Told);
        Assert.InRange(counted.Keeps, 20, 40);
        for (int last = 1; last <= counted.Keeps; last++)
        {
            var store = new MemoryStore { OnKept = keeps => { if (keeps == last) throw new EndException(); } };
            Assert.Throws<EndException>(() => new ClipRun(d, Pipeline(store.Join())).Do());
            store.OnKept = null;
            var member = store.Join();
            var again = new ClipRun(d, Pipeline(member));
            again.Do();
            Assert.Equal(plain.Pictures, again.Pictures);
            Assert.Equal(plain.Told, again.Told);
            Assert.Equal([0, 1, 2, 3, 4], again.Asked);
            Assert.NotEmpty(member.Fetched);
        }
    }

    /// <summary>While another process encodes a group, the next ones are done, and their frames wait for their turn.</summary>
    [Fact]
    public void Encoding_and_decoding_are_shared()
    {
        using var d = Device.Open();
        var networks = Networks(d);
        var plain = new ClipRun(d, new EvsPipeline(networks));
        plain.Do();
        var store = new MemoryStore();
        foreach (var kind in new[] { UnitKind.Encoded, UnitKind.Decoded })
            store.ClaimByGhost(new WorkUnit(kind, 0, 0, false, 0, 2));
        var member = store.Join();
        var shared = new ClipRun(d, new EvsPipeline(networks) { Store = member });
        shared.Do();
        Assert.Equal(plain.Pictures, shared.Pictures);
        Assert.Equal([0, 1, 2, 3, 4], shared.Asked);
        Assert.Equal([2, 4, 0, 2, 4, 0], member.Own.Where(unit => unit.Kind is UnitKind.Encoded or UnitKind.Decoded)
            .Select(unit => unit.First));
    }

    private static EvsNetworks Networks(Device d)
    {
        using var parts = FormulaModels.Open("tiny");
        return EvsNetworks.Load(d, parts);
    }

    /// <summary>A process ends.</summary>
    private sealed class EndException : Exception;

    /// <summary>A clip of five frames through the pipeline, and what it asked, gave and told.</summary>
    private sealed class ClipRun(Device d, EvsPipeline pipeline) : IProgress<RunEvent>
    {
        public List<int> Asked { get; } = [];

        public List<byte> Pictures { get; } = [];

        public List<string> Told { get; } = [];

        public void Do() => pipeline.Refine(
            d,
            (frame, rgb) =>
            {
                Asked.Add(frame);
                for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i * 7) + (frame * 31));
            },
            new Shape(5, 16, 24, 3),
            (frame, rgb) =>
            {
                Assert.Equal(Pictures.Count, frame * rgb.Length);
                Pictures.AddRange(rgb);
            },
            "a clip",
            Few,
            this);

        public void Report(RunEvent value) => Told.Add($"{value.Name} {value.Detail}");
    }
}
