using System.Runtime.InteropServices;
using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>
/// Files of megabytes for the other parsers: what is allocated for each byte is seen here, where it is not lost beside what every case
/// takes.
/// </summary>
internal sealed class LargeTarget() : FuzzTarget("large", "files of megabytes for the parsers of text", 24)
{
    private const string Parser = "parser.txt";

    private static readonly FuzzFile Pairs = new("merges.txt", SmallModel.Of("tokenizer/merges.txt"));

    private static readonly (string Parser, Func<Dice, int, FuzzFile[]> Make)[] Kinds =
    [
        ("config", (dice, bytes) => [new("unet/config.json", With(SmallModel.Of("unet/config.json"), Json(dice, bytes)))]),
        ("config", (dice, bytes) => [new("model_index.json", With(SmallModel.Of("model_index.json"), Json(dice, bytes)))]),
        ("index", (_, bytes) => [new("diffusion_pytorch_model.safetensors.index.json", Index(bytes))]),
        ("safetensors", (dice, bytes) => [new("model.safetensors", Tensors(dice, bytes))]),
        ("vocabulary", (_, bytes) => [new("vocab.json", Vocabulary(bytes)), Pairs]),
        ("vocabulary", (_, bytes) => [new("vocab.json", SmallModel.Of("tokenizer/vocab.json")), new("merges.txt", Merges(bytes))]),
        ("recipe", (dice, bytes) => [new("recipe.json", Encoding.UTF8.GetBytes($"{{\"prompt\":{Json(dice, bytes)}}}"))]),
        ("ffprobe", (dice, bytes) => [new("probe.json", With(Encoding.UTF8.GetBytes(TextSeeds.Probes[0]), Json(dice, bytes)))]),
        ("ffmpeg", (_, bytes) => [new("said.txt", Repeated(TextSeeds.Stamps + "\n", bytes))]),
        ("prompt", (_, bytes) => [new("prompt.utf16", MemoryMarshal.AsBytes(new string('é', bytes / 64).AsSpan()).ToArray())]),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Whole { get; } = [.. SmallModel.Files, .. new IndexTarget().Whole];

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.DryRunBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
    [
        [new(Parser, "vocabulary"u8.ToArray()), new("vocab.json", Vocabulary(1 << 20)), Pairs],
        [new(Parser, "safetensors"u8.ToArray()), new("model.safetensors", Tensors(new Dice(0), 1 << 20))],
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        var (parser, make) = dice.Pick(Kinds);
        return [new(Parser, Encoding.ASCII.GetBytes(parser)), .. make(dice, dice.Pick([1, 2, 4]) << 20)];
    }

    /// <inheritdoc/>
    public override void Read(string folder) => TargetTable.Find(File.ReadAllText(Path.Combine(folder, Parser)))!.Read(folder);

    /// <summary>One value of about so many bytes.</summary>
    private static string Json(Dice dice, int bytes)
    {
        (string start, string part, string end) = dice.Pick(
        [
            ("[", "0,", "0]"), ("[", "[],", "0]"), ("[", "{\"a\":[1]},", "0]"), ("\"", "x", "\""), ("\"", "\\u00e9", "\""),
            ("\"", "\\ud800", "\""), ("[", "\"\",", "0]"), ("[", "1e999,", "0]"),
        ]);
        return new StringBuilder(start).Insert(start.Length, part, bytes / part.Length).Append(end).ToString();
    }

    /// <summary>An object with one more member.</summary>
    private static byte[] With(byte[] json, string value)
    {
        string text = Encoding.UTF8.GetString(json);
        return Encoding.UTF8.GetBytes(text.Insert(text.IndexOf('{', StringComparison.Ordinal) + 1, $"\"more\":{value},"));
    }

    private static byte[] Index(int bytes)
    {
        const string file = "diffusion_pytorch_model-00001-of-00002.safetensors";
        var entries = Enumerable.Range(0, bytes / 70).Select(i => $"\"t{i}\":\"{file}\"");
        return Encoding.UTF8.GetBytes($"{{\"weight_map\":{{{string.Join(',', entries)}}}}}");
    }

    private static byte[] Tensors(Dice dice, int bytes)
    {
        int count = bytes / 70, numbers = dice.Below(3);
        return SafetensorsSeeds.Of(Enumerable.Range(0, count).Select(i => ($"layer.{i}", "F32", new long[] { numbers })));
    }

    private static byte[] Vocabulary(int bytes)
    {
        string text = Encoding.UTF8.GetString(SmallModel.Of("tokenizer/vocab.json"));
        var more = Enumerable.Range(SmallModel.Tokens, bytes / 16).Select(i => $",\"w{i}\":{i}");
        return Encoding.UTF8.GetBytes(text[..^1] + string.Concat(more) + "}");
    }

    private static byte[] Merges(int bytes) =>
        Encoding.UTF8.GetBytes("#version: 0.2\n" + string.Concat(Enumerable.Range(0, bytes / 8).Select(i => $"a b{i}\n")));

    private static byte[] Repeated(string text, int bytes) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, bytes / text.Length)));
}
