using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What a tokenizer folder holds.</summary>
/// <param name="Vocabulary">ids by token; ids are never assumed, only read</param>
/// <param name="Merges">pairs to merge, "a b", the most urgent first</param>
/// <param name="Origin">where they come from, for error messages</param>
/// <param name="Length">tokens that the text encoder reads, begin and end included</param>
internal sealed record ClipTokenizerFiles(
    IReadOnlyDictionary<string, int> Vocabulary, IReadOnlyList<string> Merges, string Origin, int Length = 77)
{
    private const string VocabularyName = "vocab.json", MergesName = "merges.txt", JoinedName = "tokenizer.json";
    private const string Kind = "a vocabulary";

    /// <summary>
    /// The files that a folder lacks, by their names: none if vocab.json and merges.txt are there, or a file that holds both.
    /// </summary>
    public static IReadOnlyList<string> Missing(string folder) =>
        Has(folder, JoinedName) || OpenAiVocabulary.Names.Any(name => Has(folder, name))
            ? []
            : [.. new[] { VocabularyName, MergesName }.Where(name => !Has(folder, name))];

    /// <summary>Reads vocab.json and merges.txt, or tokenizer.json where they are not both there.</summary>
    /// <exception cref="InputException">neither is there, or they cannot be understood</exception>
    public static ClipTokenizerFiles Read(string folder)
    {
        string vocabulary = Path.Combine(folder, VocabularyName), merges = Path.Combine(folder, MergesName);
        string joined = Path.Combine(folder, JoinedName);
        if (Has(folder, VocabularyName) && Has(folder, MergesName)) return Parse(Bytes(vocabulary), Bytes(merges), folder);
        if (Has(folder, JoinedName)) return ParseJoined(Bytes(joined), joined);
        throw new InputException(
            InputCode.NotFound, $"{folder}: no tokenizer here: {VocabularyName} with {MergesName}, or {JoinedName}, is needed");
    }

    /// <summary>Understands the text of vocab.json and merges.txt.</summary>
    public static ClipTokenizerFiles Parse(string vocabulary, string merges, string origin) =>
        Parse(Encoding.UTF8.GetBytes(vocabulary), Encoding.UTF8.GetBytes(merges), origin);

    /// <summary>Understands the text of tokenizer.json, where merges are "a b" or ["a", "b"].</summary>
    public static ClipTokenizerFiles ParseJoined(string json, string origin) => ParseJoined(Encoding.UTF8.GetBytes(json), origin);

    /// <summary>Writes vocab.json and merges.txt.</summary>
    internal void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, VocabularyName), JsonSerializer.Serialize(Vocabulary));
        File.WriteAllLines(Path.Combine(folder, MergesName), ["#version: 0.2", .. Merges]);
    }

    /// <summary>
    /// The characters that stand for the 256 bytes in byte-level vocabularies: printable bytes for themselves, the others from U+0100 on.
    /// </summary>
    internal static IEnumerable<char> ByteSymbols()
    {
        int others = 0;
        for (int b = 0; b < 256; b++)
        {
            bool isPrintable = b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            yield return isPrintable ? (char)b : (char)(256 + others++);
        }
    }

    private static bool Has(string folder, string name) => OrdinaryFile.Exists(Path.Combine(folder, name));

    private static byte[] Bytes(string path) => OrdinaryFile.ReadAll(path, InputLimits.VocabularyBytes, Kind);

    /// <inheritdoc cref="Parse(string, string, string)"/>
    internal static ClipTokenizerFiles Parse(ReadOnlySpan<byte> vocabulary, ReadOnlySpan<byte> merges, string origin)
    {
        var json = JsonText.Parse(vocabulary, $"{origin}: {VocabularyName}");
        if (!Utf8.IsValid(merges)) throw VocabularyRules.Broken(origin, $"{MergesName} is not UTF-8 text");
        const StringSplitOptions trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] lines = Encoding.UTF8.GetString(merges).Split('\n', trimmed);
        bool hasVersion = lines.Length > 0 && lines[0].TrimStart('\uFEFF').StartsWith("#version", StringComparison.Ordinal);
        return new ClipTokenizerFiles(VocabularyRules.Ids(json, origin), hasVersion ? lines[1..] : lines, origin);
    }

    /// <inheritdoc cref="ParseJoined(string, string)"/>
    internal static ClipTokenizerFiles ParseJoined(ReadOnlySpan<byte> json, string origin)
    {
        var root = JsonText.Parse(json, origin);
        if (Member(root, "model") is not { ValueKind: JsonValueKind.Object } model)
            throw VocabularyRules.Broken(origin, "it has no model, where the vocabulary would stand");
        if (model.Text("type") is { } type && type != "BPE") throw OfAnotherKind($"a tokenizer of type {InputText.Quote(type)}");
        if (model.Text("end_of_word_suffix") is { } suffix && suffix != ClipTokenizer.WordEnd)
            throw OfAnotherKind($"words end with {InputText.Quote(suffix)}, not with {ClipTokenizer.WordEnd}");
        if (Member(model, "merges") is not { ValueKind: JsonValueKind.Array } list)
            throw VocabularyRules.Broken(origin, "the model has no list of merges");
        if (Member(model, "vocab") is not { } vocabulary) throw VocabularyRules.Broken(origin, "the model has no vocabulary");
        string[] merges = [.. list.EnumerateArray().Select(merge => Pair(merge) ?? throw VocabularyRules.NoPair(origin, merge.Shown()))];
        var ids = VocabularyRules.Ids(vocabulary, origin);
        AddSpecials(ids, root);
        return new ClipTokenizerFiles(ids, merges, origin);

        InputException OfAnotherKind(string what) =>
            new(InputCode.WrongKind, $"{origin}: {what}: CLIP's byte-pair tokenizer is needed");
    }

    /// <summary>Some writers keep begin and end apart from the vocabulary.</summary>
    private static void AddSpecials(Dictionary<string, int> ids, JsonElement root)
    {
        if (Member(root, "added_tokens") is not { ValueKind: JsonValueKind.Array } added) return;
        foreach (var token in added.EnumerateArray().Take(InputLimits.Tokens))
        {
            if (token.Text("content") is ClipTokenizer.Begin or ClipTokenizer.End
                && Member(token, "id") is { ValueKind: JsonValueKind.Number } stored && stored.TryGetInt32(out int id))
            {
                ids.TryAdd(token.Text("content")!, id);
            }
        }
    }

    private static JsonElement? Member(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) ? value : null;

    private static string? Pair(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => merge.GetString(),
        JsonValueKind.Array when merge.GetArrayLength() == 2
            && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String =>
            $"{merge[0].GetString()} {merge[1].GetString()}",
        _ => null,
    };
}
