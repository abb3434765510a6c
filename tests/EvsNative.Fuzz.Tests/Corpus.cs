using System.Text;
using System.Text.Json.Nodes;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Testing;

namespace EvsNative.Fuzz.Tests;

/// <summary>
/// All that went wrong so far: by kind where a kind can be said in code, each key of each configuration for instance; the others as files
/// in the folder Corpus, which has a folder for each parser and in it one for each input, as the fuzzer keeps them.
/// </summary>
internal static class Corpus
{
    private const string UNet = "unet/config.json", Vae = "vae/config.json", Text = "text_encoder/config.json", Half = "\"\\ud800\"";
    private const string Motion = "motion_adapter/config.json", Schedule = "scheduler/scheduler_config.json", Model = "model_index.json";
    private const string Huge = "2147483647", Endless = "1e999";

    private static readonly string[] Everywhere =
        [Half, "\"\\u001b]0;owned\\u0007\"", Huge, "-1", Endless, "{\"\\ud800\":[1]}", "[\"\\udc00\"]", $"[{Huge}]"];

    private static readonly (string Config, string Key, string Value)[] Refused =
    [
        (UNet, "cross_attention_dim", Huge), (UNet, "norm_eps", Endless), (UNet, "norm_eps", "-1"), (UNet, "norm_eps", "0"),
        (UNet, "layers_per_block", "1000000"), (UNet, "_class_name", Half), (Vae, "scaling_factor", "0"), (Vae, "scaling_factor", Endless),
        (Vae, "layers_per_block", "1000000"), (Text, "num_hidden_layers", "2000000"), (Text, "vocab_size", Huge),
        (Text, "layer_norm_eps", "-1"), (Motion, "motion_max_seq_length", Huge), (Motion, "motion_max_seq_length", "1000000"),
        (Schedule, "beta_end", Endless), (Schedule, "num_train_timesteps", Huge), (Model, "_class_name", Half),
    ];

    /// <summary>The rows.</summary>
    public static IEnumerable<CorpusRow> Rows() =>
        [.. Configs(), .. Indexes(), .. Vocabularies(), .. Pictures(), .. Settings(), .. Recipes(), .. Kept()];

    private static IEnumerable<CorpusRow> Configs()
    {
        foreach (var (config, key, value) in Refused)
            yield return new($"{config} {key} {value}", "config", [With(config, key, value)], VerdictKind.Refused);
        foreach (string config in SmallModel.Configs)
        {
            foreach (string key in JsonNode.Parse(SmallModel.Of(config))!.AsObject().Select(entry => entry.Key).Append("new"))
            {
                foreach (string value in Everywhere) yield return new($"{config} {key} {value}", "config", [With(config, key, value)]);
            }
        }
    }

    private static IEnumerable<CorpusRow> Indexes()
    {
        string[] maps =
            [$"{{\"x\":{Half}}}", "{\"\\ud800\":\"a.safetensors\"}", "{\"x\":\"../x.safetensors\"}", Half, "{\"x\":\"\\u001b[31m\"}"];
        foreach (string map in maps)
        {
            byte[] index = Encoding.UTF8.GetBytes($"{{\"weight_map\":{map}}}");
            yield return new(map, "index", [new("diffusion_pytorch_model.safetensors.index.json", index)], VerdictKind.Refused);
        }
    }

    private static IEnumerable<CorpusRow> Vocabularies()
    {
        var merges = new FuzzFile("merges.txt", SmallModel.Of("tokenizer/merges.txt"));
        (string, int)[] ids = [("one id for two tokens", 1), ("a negative id", -5), ("an id beyond all vocabularies", 2_000_000)];
        foreach (var (what, id) in ids)
        {
            var vocabulary = JsonNode.Parse(SmallModel.Of("tokenizer/vocab.json"))!.AsObject();
            vocabulary["a</w>"] = id;
            var file = new FuzzFile("vocab.json", Encoding.UTF8.GetBytes(vocabulary.ToJsonString()));
            yield return new(what, "vocabulary", [file, merges], VerdictKind.Refused);
        }
    }

    private static IEnumerable<CorpusRow> Pictures()
    {
        // The first is a whole JPEG. A WebP is a picture where ffmpeg takes it for one.
        foreach (var (i, bytes) in PictureSeeds.Others.Index().Skip(1))
        {
            VerdictKind? wanted = bytes.AsSpan().StartsWith("RIFF"u8) ? null : VerdictKind.Refused;
            yield return new($"format {i}", "picture", [new("0000.png", bytes), new("0001.png", bytes)], wanted);
        }

        foreach (int side in new[] { 512, 8000, 16384, 65536, int.MaxValue, -1, 0 })
        {
            byte[] bytes = PictureSeeds.Promising(side, side);
            yield return new($"{side} pixels a side", "png", [new("0000.png", bytes), new("0001.png", bytes)], VerdictKind.Refused);
        }
    }

    private static IEnumerable<CorpusRow> Settings()
    {
        const VerdictKind no = VerdictKind.Refused;
        yield return Row("seed", $"{ulong.MaxValue}", VerdictKind.Accepted);
        yield return Row("seed", "18446744073709551616", no);
        foreach (string word in new[] { "NaN", "Infinity", "1e999", "0,5", "-1", "", "٣" }) yield return Row("strength", word, no);

        static CorpusRow Row(string name, string word, VerdictKind wanted) =>
            new($"--{name} {word}", "setting", [new("said.txt", Encoding.UTF8.GetBytes($"{name}\n{word}"))], wanted);
    }

    private static IEnumerable<CorpusRow> Recipes()
    {
        const VerdictKind no = VerdictKind.Refused;
        yield return Row("\"settings\":{\"fake-weights\":\"tiny\"}", VerdictKind.Accepted);
        foreach (string wrong in (string[])["output", "work", "batch", "recipe", "force", "preview", "device", "threads"])
            yield return Row($"\"settings\":{{\"{wrong}\":\"/tmp/x\"}}", no);
        foreach (string rest in (string[])["\"settings\":[]", "\"settings\":{},\"inputs\":[3]", "\"settings\":{},\"prompts\":[1]"])
            yield return Row(rest, no);
        yield return Row("\"settings\":{\"model\":\"\\ud800\"}", no);

        static CorpusRow Row(string rest, VerdictKind wanted) =>
            new(rest, "result", [new("result", Encoding.UTF8.GetBytes($"{{\"format\":\"evsnative-recipe-1\",{rest}}}"))], wanted);
    }

    private static IEnumerable<CorpusRow> Kept()
    {
        string root = Repository.File("tests", "EvsNative.Fuzz.Tests", "Corpus");
        foreach (string input in Directory.GetDirectories(root).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal))
        {
            var files = Directory.GetFiles(input, "*", SearchOption.AllDirectories)
                .Select(path => new FuzzFile(Path.GetRelativePath(input, path).Replace('\\', '/'), File.ReadAllBytes(path)));
            yield return new(Path.GetFileName(input), Path.GetFileName(Path.GetDirectoryName(input)!), [.. files]);
        }
    }

    /// <summary>A configuration of the small model with one value as it is given.</summary>
    private static FuzzFile With(string config, string key, string value)
    {
        var members = JsonNode.Parse(SmallModel.Of(config))!.AsObject().Where(member => member.Key != key)
            .Select(member => $"\"{member.Key}\":{member.Value?.ToJsonString() ?? "null"}");
        return new FuzzFile(config, Encoding.UTF8.GetBytes($"{{{string.Join(',', [.. members, $"\"{key}\":{value}"])}}}"));
    }
}
