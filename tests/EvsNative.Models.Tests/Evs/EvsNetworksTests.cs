using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Tests.Networks;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Loading, and the pipeline on loaded networks of the tiny size.</summary>
public sealed class EvsNetworksTests
{
    private static readonly Shape Clip = new(3, 64, 64, 3);

    [Theory]
    [InlineData(Backend.Null)]
    [InlineData(Backend.Cpu)]
    public void Loading_asks_the_devices_token(Backend backend)
    {
        using var source = new CancellationTokenSource();
        using var d = Device.Open(new DeviceOptions(backend));
        using var parts = FormulaModels.Open("tiny");
        d.Cancellation = source.Token;
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => EvsNetworks.Load(d, parts));
        Assert.Equal(0, d.PersistentBytes);
    }

    /// <summary>A dry run reads nothing and tells nothing, so only the token can stop it.</summary>
    [Theory]
    [InlineData(Backend.Null)]
    [InlineData(Backend.Cpu)]
    public void It_is_asked_before_every_tensor(Backend backend)
    {
        using var source = new CancellationTokenSource();
        using var d = Device.Open(new DeviceOptions(backend));
        d.Cancellation = source.Token;
        var weights = new ListedWeights { OnAsked = count => { if (count == 20) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => SmallNetworks.UNet(d, weights));
        Assert.Equal(20, weights.Asked.Count);
    }

    [Fact]
    public void A_text_encoder_of_another_width_is_refused()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using ModelParts tiny = FormulaModels.Open("tiny"), large = FormulaModels.Open("sd15");
        var mixed = new ModelParts(tiny.UNet, tiny.Vae, large.TextEncoder, tiny.Motion, large.Tokenizer);
        var e = Assert.Throws<InputException>(() => EvsNetworks.Load(d, mixed));
        Assert.Equal(InputCode.Mismatch, e.Code);
        Assert.Contains("gives 768 numbers a word, the U-Net wants 32", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_obeys_the_devices_token()
    {
        using var source = new CancellationTokenSource();
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var pipeline = Load(d);
        d.Cancellation = source.Token;
        var told = new List<RunEvent>();
        Assert.Throws<OperationCanceledException>(() => Refine(d, pipeline, new EvsConfig(), e =>
        {
            told.Add(e);
            if (told.Count == 4) source.Cancel();
        }));
        Assert.Equal(4, told.Count);
    }

    [Fact]
    public void Events_carry_their_stage_and_derive_their_words()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var told = new List<RunEvent>();
        var config = new EvsConfig { ImageStart = 2, Insertion = 1, ImageGuidance = 1, VideoEntry = Entry.Invert };
        Refine(d, Load(d), config, told.Add);
        Assert.Equal(
            [
                "Encode - encode: frame 3 of 3", "Prompt - read the prompt: both prompts",
                "Stage 0 image 2..1: step 2, call 1 of 9", "Stage 0 image 2..1: step 1, call 2 of 9",
                "Stage 1 video 4..3: step 1 up, call 3 of 9", "Stage 1 video 4..3: step 2 up, call 4 of 9",
                "Stage 1 video 4..3: step 3 up, call 5 of 9", "Stage 1 video 4..3: step 4 up, call 6 of 9",
                "Stage 1 video 4..3: step 4, call 7 of 9", "Stage 1 video 4..3: step 3, call 8 of 9",
                "Stage 2 image 1..1: step 1, call 9 of 9", "Decode - decode: frame 3 of 3",
            ],
            told.Where(e => e.Pass is null).Select(e => $"{e.Phase} {(e.Stage is { } stage ? $"{stage}" : "-")} {e.Name}: {e.Detail}"));
        // One window, one prompt: a pass before each step.
        Assert.Equal(9, told.Count(e => e.Pass is not null));
    }

    [Fact]
    public void Within_a_step_each_window_and_prompt_is_told_of()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var told = new List<RunEvent>();
        var config = new EvsConfig
        {
            ImageStart = 1,
            Insertion = 1,
            FramesPerPass = 2,
            VideoStart = 1,
            VideoCalls = 1,
            Window = 2,
            WindowOverlap = 1,
            WindowShift = false,
            VideoGuidance = 2,
        };
        Refine(d, Load(d), config, told.Add);
        string[] Passes(int stage) => [.. told.Where(e => e.Stage == stage && e.Pass is not null).Select(e => $"{e.Name}: {e.Detail}")];
        Assert.Equal(
            [
                "image 1..1: step 1, frames 1-2, pass 1 of 4", "image 1..1: step 1, frames 1-2, pass 2 of 4",
                "image 1..1: step 1, frame 3, pass 3 of 4", "image 1..1: step 1, frame 3, pass 4 of 4",
            ],
            Passes(0));
        Assert.Equal(
            [
                "video 1..1: step 1, frames 1-2, pass 1 of 4", "video 1..1: step 1, frames 1-2, pass 2 of 4",
                "video 1..1: step 1, frames 2-3, pass 3 of 4", "video 1..1: step 1, frames 2-3, pass 4 of 4",
            ],
            Passes(1));
        // A step is told after its passes, and calls never fall.
        int[] calls = [.. told.Where(e => e.Phase == RunPhase.Stage).Select(e => e.Done)];
        Assert.Equal(calls.Order(), calls);
        Assert.All([0, 1, 2], stage => Assert.Null(told.Last(e => e.Stage == stage).Pass));
    }

    [Fact]
    public void Steps_of_a_pipeline_end_with_what_it_refines_to()
    {
        using var d = Device.Open();
        var networks = Networks(d);
        var pipeline = new EvsPipeline(networks);
        var config = new EvsConfig { ImageStart = 2, Insertion = 1, Seed = 5 };
        var x0 = new Testing.Draw(2).Normals(d, networks.LatentShape(Clip));
        float[] whole = d.Download(pipeline.Refine(d, x0, "a clip", config)), last = [];
        foreach (var step in pipeline.Steps(d, x0, "a clip", config))
            if (step.IsLast) last = d.Download(step.Result);
        Assert.Equal(whole, last);
    }

    /// <summary>Each model's guided steps, and no others.</summary>
    [Theory]
    [InlineData(EvsMode.T2I, 7.5, 1, true)]
    [InlineData(EvsMode.T2I, 1, 7.5, false)]
    [InlineData(EvsMode.T2V, 1, 7.5, true)]
    [InlineData(EvsMode.T2V, 7.5, 1, false)]
    public void Rescaling_changes_a_run_that_is_guided(EvsMode mode, double image, double video, bool changes)
    {
        using var d = Device.Open();
        var networks = Networks(d);
        var pipeline = new EvsPipeline(networks);
        var config = new EvsConfig { Mode = mode, ImageStart = 1, VideoStart = 1, ImageGuidance = image, VideoGuidance = video };
        var x0 = new Testing.Draw(2).Normals(d, networks.LatentShape(Clip));
        float[] plain = d.Download(pipeline.Refine(d, x0, "a clip", config));
        float[] rescaled = d.Download(pipeline.Refine(d, x0, "a clip", config with { GuidanceRescale = 1 }));
        Assert.Equal(changes, !plain.AsSpan().SequenceEqual(rescaled));
    }

    private static EvsNetworks Networks(Device d)
    {
        using var parts = FormulaModels.Open("tiny");
        return EvsNetworks.Load(d, parts);
    }

    private static EvsPipeline Load(Device d) => new(Networks(d));

    private static void Refine(Device d, EvsPipeline pipeline, EvsConfig config, Action<RunEvent> told) =>
        pipeline.Refine(d, (_, rgb) => rgb.Clear(), Clip, (_, _) => { }, "a clip", config, new Listener(told));

    private sealed class Listener(Action<RunEvent> told) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => told(value);
    }
}
