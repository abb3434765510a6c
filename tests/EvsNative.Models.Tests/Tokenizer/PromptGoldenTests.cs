using System.Globalization;
using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>Weights, chunks and new words against the reference in PyTorch: tests/reference/prompts_torch.py, prompts.json.</summary>
public sealed class PromptGoldenTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly Device _d = Device.Open();

    public static TheoryData<string> Cases
    {
        get
        {
            using var json = Goldens();
            return [.. json.RootElement.EnumerateObject().Select(one => one.Name)];
        }
    }

    public void Dispose() => _d.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_prompt_is_encoded_as_the_reference_does(string name)
    {
        using var json = Goldens();
        var golden = json.RootElement.GetProperty(name);
        string prompt = golden.GetProperty("prompt").GetString()!;
        int skip = golden.GetProperty("skip").GetInt32();

        var tokenizer = ClipTokenizer.FromFolder(Repository.File("weights", "evs-tiny", "tokenizer"));
        var words = new PromptWords(604, [Word("moody", 3), Word("<grain>", 1)]);
        var chunks = PromptChunks.Of(PromptText.Parse(prompt), tokenizer, words).All;
        string[] ids = [.. golden.GetProperty("ids").EnumerateArray().Select(one => one.GetString()!)];
        Assert.Equal(ids, chunks.Select(chunk => string.Join(' ', chunk.Ids.Skip(1).TakeWhile(id => id != tokenizer.EndId))));
        float[] weights = [.. golden.GetProperty("weights").EnumerateArray().SelectMany(one => Numbers(one.GetString()!))];
        var got = chunks.SelectMany((chunk, i) => chunk.Weights.Skip(1).Take(Numbers(ids[i]).Length));
        Assert.Equal(weights, got, (a, b) => Math.Abs(a - b) < 1e-5);

        var goldens = Golden.Taps(golden);
        foreach (var (kind, shift) in ((string, float)[])[("demo", 0), ("shifted", 0.1f)])
        {
            using var scope = _d.Enter(kind);
            using var files = new WeightFiles();
            var part = ModelPart.Open(files, ModelPartKind.TextEncoder, Repository.File("weights", "evs-tiny", "text_encoder"));
            var (config, weightFile) = words.Extend(part.Config, new ShiftedBias(part.Weights, shift));
            var store = new WeightStore(_d, weightFile);
            var encoder = new PromptEncoder(tokenizer, new ClipTextEncoder(store.Root, config), words);
            store.Verify();
            var context = encoder.Encode(_d, prompt, "", clipSkip: skip).Positive;
            var encoded = Assert.Single(context.Runs).Words;
            Assert.Equal(new Shape(1, 1, 77 * ids.Length, 64), encoded.Shape);
            Assert.InRange(goldens[kind].Error(_d.Download(encoded)), 0, Tolerance);
        }
    }

    private static JsonDocument Goldens() => JsonDocument.Parse(File.ReadAllBytes(Repository.File("tests", "reference", "prompts.json")));

    private static float[] Numbers(string list) =>
        [.. list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => float.Parse(one, CultureInfo.InvariantCulture))];

    /// <summary>The reference's vectors: a tenth of the formula's numbers.</summary>
    private static WordVectors Word(string name, int count) =>
        new([name], FormulaWeights.Input($"word.{name}", count * 64, 0.1), count, name);

    /// <summary>A text encoder whose encodings have a mean, as Stable Diffusion's have.</summary>
    private sealed class ShiftedBias(IWeightFile file, float shift) : IWeightFile
    {
        public string Origin => file.Origin;

        public IReadOnlyCollection<string> Names => file.Names;

        public long Count => file.Count;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => file.FindShape(name, wanted);

        public WeightStorage StorageOf(string name) => file.StorageOf(name);

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
        {
            file.Read(name, shape, values);
            if (name != "text_model.final_layer_norm.bias") return;
            for (int i = 0; i < values.Length; i++) values[i] += shift;
        }
    }
}
