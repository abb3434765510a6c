using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Adapters;
using EvsNative.Models.Evs;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Weights that stay, come in turn or are streamed: the same bytes, in less memory.</summary>
public sealed class WeightPlanTests
{
    private static readonly Shape Clip = new(2, 64, 64, 3);

    private static readonly EvsConfig Config = new() { ImageStart = 1, VideoSteps = 2, VideoStart = 1, ImageGuidance = 1, Seed = 5 };

    /// <summary>Of everything, of some layers, of none.</summary>
    public static TheoryData<WeightStay, long> Plans { get; } = new()
    {
        { WeightStay.InTurn, 0 }, { WeightStay.Streamed, 0 }, { WeightStay.Streamed, 12 << 20 }, { WeightStay.Streamed, long.MaxValue },
    };

    private static byte[] Kept { get; } = RunKept();

    [Theory]
    [MemberData(nameof(Plans))]
    public void No_plan_changes_a_byte_and_nothing_is_left(WeightStay stay, long keptBytes)
    {
        using var d = Device.Open();
        using var parts = FormulaModels.Open("tiny");
        var networks = EvsNetworks.Load(d, parts, new WeightPlan(stay, KeptBytes: keptBytes));
        Assert.Equal(0, d.PersistentBytes);
        for (int run = 0; run < 2; run++)
        {
            Assert.Equal(Kept, Run(d, networks));
            Assert.Equal(0, d.PersistentBytes);
        }

        Assert.Equal(0, networks.HeldBytes);
    }

    /// <summary>The dry run of a plan says what a run of it holds and reads.</summary>
    [Theory]
    [MemberData(nameof(Plans))]
    public void A_dry_run_tells_what_a_plan_holds_and_reads(WeightStay stay, long keptBytes)
    {
        var plan = new WeightPlan(stay, KeptBytes: keptBytes);
        Assert.Equal(Costs(Backend.Cpu, plan), Costs(Backend.Null, plan));
    }

    [Fact]
    public void Each_plan_holds_less_and_reads_more_than_the_one_before()
    {
        WeightPlan[] plans =
        [
            new(), new(WeightStay.InTurn), new(WeightStay.Streamed, KeptBytes: 12 << 20), new(WeightStay.Streamed),
            new(WeightStay.Streamed, IsHalved: true),
        ];
        (long Held, long Read)[] costs = [.. plans.Select(plan => Costs(Backend.Null, plan))];
        for (int i = 1; i < plans.Length; i++)
        {
            Assert.True(costs[i].Held < costs[i - 1].Held, $"{plans[i]} holds {costs[i].Held} bytes, {plans[i - 1]} {costs[i - 1].Held}");
            Assert.True(costs[i].Read >= costs[i - 1].Read, $"{plans[i]} reads {costs[i].Read} bytes, {plans[i - 1]} {costs[i - 1].Read}");
        }

        Assert.Equal(costs[0].Read, costs[1].Read);
        Assert.Equal(costs[0].Held, costs[0].Read, costs[0].Held / 20);
        Assert.True(costs[2].Read < costs[3].Read, "layers that stay are read again");
        Assert.InRange(costs[2].Held - costs[3].Held, 1, 12 << 20);
        Assert.True(costs[4].Held < costs[3].Held * 0.75, $"halved {costs[4].Held} bytes, whole {costs[3].Held}");
    }

    [Theory]
    [InlineData(WeightStay.Kept)]
    [InlineData(WeightStay.InTurn)]
    [InlineData(WeightStay.Streamed)]
    public void What_is_missing_misshapen_or_left_over_is_told_when_networks_are_loaded(WeightStay stay)
    {
        using var d = Device.Open();
        using var tiny = FormulaModels.Open("tiny");
        var asked = new RecordedWeights(tiny.UNet.Weights);
        _ = EvsNetworks.Load(d, With(tiny, asked), new WeightPlan(stay));
        const string gone = "up_blocks.1.attentions.2.proj_out.weight", bent = "mid_block.resnets.1.norm2.bias";
        var listed = asked.Asked.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        listed.Remove(gone);
        listed[bent] = [7];
        listed["extra"] = [1];
        var error = Assert.Throws<InputException>(() => EvsNetworks.Load(d, With(tiny, new Listed(listed)), new WeightPlan(stay)));
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Equal(3, error.Details.Count);
        Assert.All(error.Details.Zip([$"missing: {gone}", $"of another shape: {bent}", "left over: extra"]),
            pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(WeightStay.InTurn)]
    [InlineData(WeightStay.Streamed)]
    public void Numbers_that_are_not_finite_are_told_when_they_are_read_and_nothing_stays(WeightStay stay)
    {
        using var d = Device.Open();
        using var tiny = FormulaModels.Open("tiny");
        const string bad = "up_blocks.1.attentions.2.proj_out.bias";
        var networks = EvsNetworks.Load(d, With(tiny, new Spoiled(tiny.UNet.Weights, bad)), new WeightPlan(stay));
        var error = Assert.Throws<InputException>(() => Run(d, networks));
        Assert.Equal(InputCode.NotFinite, error.Code);
        Assert.StartsWith($"not finite: {bad}", Assert.Single(error.Details), StringComparison.Ordinal);
        Assert.Equal(0, d.PersistentBytes);
    }

    [Fact]
    public void A_run_that_is_stopped_while_it_reads_leaves_nothing()
    {
        using var d = Device.Open();
        using var stop = new CancellationTokenSource();
        using var tiny = FormulaModels.Open("tiny");
        var weights = new ListedWeights { OnAsked = _ => { if (d.PersistentBytes > 0) stop.Cancel(); } };
        var networks = EvsNetworks.Load(d, With(tiny, weights), new WeightPlan(WeightStay.Streamed));
        d.Cancellation = stop.Token;
        Assert.ThrowsAny<OperationCanceledException>(() => Run(d, networks));
        Assert.Equal(0, d.PersistentBytes);
    }

    /// <summary>What is merged into weights, or put behind a table, is so again each time they are read.</summary>
    [Fact]
    public void Adapters_and_new_words_are_streamed_too()
    {
        const string layer = "up_blocks.1.attentions.1.transformer_blocks.0.attn2.to_v";
        using var folder = new TemporaryFolder();
        string model = Repository.File("weights", "evs-tiny");
        long[] shape = Shape($"{layer}.weight"), width = [Shape("mid_block.attentions.0.transformer_blocks.0.attn2.to_v.weight")[1]];
        Save("word.safetensors", ("emb_params", [2, width[0]]));
        string name = $"lora_unet_{layer.Replace('.', '_')}";
        Save("style.safetensors", ($"{name}.lora_down.weight", [4, shape[1]]), ($"{name}.lora_up.weight", [shape[0], 4]));
        var plain = new ModelRequest(model) { NeedsMotion = false };
        var changed = plain with
        {
            Loras = [new LoraChoice(folder["style.safetensors"])],
            Embeddings = [new EmbeddingChoice(folder["word.safetensors"])],
        };
        byte[] kept = Refined(changed, new WeightPlan());
        Assert.NotEqual(Refined(plain, new WeightPlan()), kept);
        Assert.Equal(kept, Refined(changed, new WeightPlan(WeightStay.Streamed)));

        long[] Shape(string tensor)
        {
            using var parts = ModelParts.Open(new ModelRequest(model) { NeedsMotion = false });
            return [.. parts.UNet.Weights.FindShape(tensor, [])!];
        }

        void Save(string file, params (string Name, long[] Shape)[] tensors) => SafetensorsWriter.Save(
            folder[file], tensors.Select(t => (t.Name, t.Shape, FormulaWeights.Input(t.Name, t.Shape.Aggregate(1L, (a, b) => a * b)))));
    }

    [Fact]
    public void Networks_that_stay_are_given_back_when_that_is_said()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var parts = FormulaModels.Open("tiny");
        var networks = EvsNetworks.Load(d, parts);
        Assert.Equal(d.PersistentBytes, networks.HeldBytes);
        networks.Free();
        Assert.Equal((0, 0), (d.PersistentBytes, networks.HeldBytes));
    }

    private static byte[] Refined(ModelRequest request, WeightPlan plan)
    {
        using var d = Device.Open();
        using var parts = ModelParts.Open(request);
        return Run(d, EvsNetworks.Load(d, parts, plan), "a word", Config with { Mode = EvsMode.T2I });
    }

    private static byte[] RunKept()
    {
        using var d = Device.Open();
        using var parts = FormulaModels.Open("tiny");
        return Run(d, EvsNetworks.Load(d, parts));
    }

    private static (long Held, long Read) Costs(Backend backend, WeightPlan plan)
    {
        using var d = Device.Open(new DeviceOptions(backend));
        using var parts = FormulaModels.Open("tiny");
        var networks = EvsNetworks.Load(d, parts, plan);
        Run(d, networks);
        Assert.Equal(d.PersistentPeakBytes, networks.PeakHeldBytes);
        return (networks.PeakHeldBytes, networks.ReadBytes);
    }

    private static byte[] Run(Device d, EvsNetworks networks, string prompt = "a clip", EvsConfig? config = null)
    {
        byte[] result = new byte[Clip.Count];
        int frame = Clip.Pixels * Clip.C;
        new EvsPipeline(networks).Refine(
            d, (i, rgb) => rgb.Fill((byte)(60 + (90 * i))), Clip, (i, rgb) => rgb.CopyTo(result.AsSpan(i * frame)), prompt,
            config ?? Config);
        return result;
    }

    private static ModelParts With(ModelParts parts, IWeightFile unet) =>
        new(parts.UNet.With(unet), parts.Vae, parts.TextEncoder, parts.Motion, parts.Tokenizer);

    /// <summary>Names and shapes; all numbers are zero.</summary>
    private sealed class Listed(Dictionary<string, IReadOnlyList<long>> tensors) : IWeightFile
    {
        public string Origin => "listed";

        public IReadOnlyCollection<string> Names => tensors.Keys;

        public long Count => 0;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => tensors.GetValueOrDefault(name);

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values) => values.Clear();
    }

    /// <summary>A tensor of another source is NaN.</summary>
    private sealed class Spoiled(IWeightFile file, string bad) : IWeightFile
    {
        public string Origin => file.Origin;

        public IReadOnlyCollection<string> Names => file.Names;

        public long Count => file.Count;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => file.FindShape(name, wanted);

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
        {
            file.Read(name, shape, values);
            if (name == bad) values.Fill(float.NaN);
        }
    }
}
