using System.Text;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What a writer said about a file of weights, fit to be shown: bounded texts, and the words of a LoRA's training.</summary>
internal static class InspectedMetadata
{
    private const int LongestValue = 500, MostKeys = 1000, MostWords = 10;

    /// <summary>Where kohya's trainer counts the words of each folder of pictures.</summary>
    private const string Frequencies = "ss_tag_frequency";

    /// <summary>Where the metadata standard of safetensors files has a LoRA's words.</summary>
    private const string Phrase = "modelspec.trigger_phrase";

    /// <summary>The metadata with long texts cut.</summary>
    public static Dictionary<string, string> Short(IReadOnlyDictionary<string, string> metadata) => metadata
        .OrderBy(word => word.Key, StringComparer.Ordinal).Take(MostKeys)
        .ToDictionary(word => word.Key, word => InputText.Short(word.Value, LongestValue));

    /// <summary>The words that stood beside most pictures of a training; those of the standard first, which say so themselves.</summary>
    public static IReadOnlyList<InspectedWord> Words(IReadOnlyDictionary<string, string> metadata)
    {
        var counts = new Dictionary<string, long>();
        if (metadata.TryGetValue(Frequencies, out string? text) && Parse(text) is { } folders)
        {
            foreach (var tag in folders.EnumerateObject().Where(folder => folder.Value.ValueKind == JsonValueKind.Object)
                .SelectMany(folder => folder.Value.EnumerateObject()))
            {
                if (tag.Value.ValueKind == JsonValueKind.Number && tag.Value.TryGetInt32(out int count))
                    counts[tag.Name.Trim()] = counts.GetValueOrDefault(tag.Name.Trim()) + count;
            }
        }

        var words = counts.OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => new InspectedWord(InputText.Name(word.Key), word.Value));
        IEnumerable<InspectedWord> said = metadata.TryGetValue(Phrase, out string? phrase) ? [new(InputText.Name(phrase), 0)] : [];
        return [.. said.Concat(words).Take(MostWords)];
    }

    /// <summary>An object, or null: a training's notes are no reason to refuse a file.</summary>
    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonText.Parse(Encoding.UTF8.GetBytes(text), Frequencies) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (InputException)
        {
            return null;
        }
    }
}
