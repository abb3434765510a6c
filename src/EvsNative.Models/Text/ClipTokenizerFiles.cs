using System.Text.Json;
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
    /// <summary>Reads vocab.json and merges.txt, or tokenizer.json where they are not.</summary>
    /// <exception cref="InputException">neither is there, or they cannot be understood</exception>
    public static ClipTokenizerFiles Read(string folder)
    {
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        string joined = Path.Combine(folder, "tokenizer.json");
        try
        {
            bool hasBoth = File.Exists(vocabulary) && File.Exists(merges);
            if (hasBoth) return Parse(File.ReadAllText(vocabulary), File.ReadAllText(merges), folder);
            if (File.Exists(joined)) return ParseJoined(File.ReadAllText(joined), joined);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                InputCode.Unreadable, $"{folder}: the tokenizer cannot be read: {InputText.OneLine(e.Message)}", cause: e);
        }

        throw new InputException(
            InputCode.NotFound, $"{folder}: no tokenizer here: vocab.json with merges.txt, or tokenizer.json, is needed");
    }

    /// <summary>Writes vocab.json and merges.txt.</summary>
    internal void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(Vocabulary));
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), ["#version: 0.2", .. Merges]);
    }

    /// <summary>Understands the text of vocab.json and merges.txt.</summary>
    public static ClipTokenizerFiles Parse(string vocabulary, string merges, string origin) => Understand(origin, () =>
    {
        using var document = JsonDocument.Parse(vocabulary);
        string[] lines = merges.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool hasVersion = lines.Length > 0 && lines[0].StartsWith("#version", StringComparison.Ordinal);
        return new ClipTokenizerFiles(Ids(document.RootElement), hasVersion ? lines[1..] : lines, origin);
    });

    /// <summary>Understands the text of tokenizer.json, where merges are "a b" or ["a", "b"].</summary>
    public static ClipTokenizerFiles ParseJoined(string json, string origin) => Understand(origin, () =>
    {
        using var document = JsonDocument.Parse(json);
        var model = document.RootElement.GetProperty("model");
        var merges = model.GetProperty("merges").EnumerateArray().Select(m =>
            m.ValueKind == JsonValueKind.Array ? $"{m[0].GetString()} {m[1].GetString()}" : m.GetString()!);
        return new ClipTokenizerFiles(Ids(model.GetProperty("vocab")), [.. merges], origin);
    });

    /// <summary>Throws if bytes, special words or the results of merges have no ids: such a vocabulary would lose words silently.</summary>
    internal void Verify()
    {
        foreach (string special in new[] { ClipTokenizer.Begin, ClipTokenizer.End }) Need(special);
        foreach (char symbol in ByteSymbols())
        {
            Need($"{symbol}");
            Need($"{symbol}{ClipTokenizer.WordEnd}");
        }

        foreach (string merge in Merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0)
                throw new InputException(InputCode.Damaged, $"{Origin}: merge \"{merge}\" is not a pair: not CLIP's merges.txt");
            Need(merge[..space]);
            Need(merge[(space + 1)..]);
            Need(merge.Remove(space, 1));
        }
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

    private static Dictionary<string, int> Ids(JsonElement vocabulary) =>
        vocabulary.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32());

    private static ClipTokenizerFiles Understand(string origin, Func<ClipTokenizerFiles> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException or IndexOutOfRangeException)
        {
            throw new InputException(InputCode.Damaged, $"{origin}: not a byte-pair vocabulary: {InputText.OneLine(e.Message)}", cause: e);
        }
    }

    private void Need(string token)
    {
        if (Vocabulary.ContainsKey(token)) return;
        throw new InputException(
            InputCode.Mismatch, $"{Origin}: the vocabulary lacks \"{token}\": not CLIP's, or not the one that goes with these merges");
    }
}
