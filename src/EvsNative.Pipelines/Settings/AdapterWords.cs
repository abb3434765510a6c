using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EvsNative.Models;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// Adapters as they are typed: a file, and behind colons what is said about it. A name may have colons itself; what is read is the
/// numbers, or the word, at its end.
/// </summary>
internal static class AdapterWords
{
    /// <summary>
    /// FILE, FILE:0.8 or FILE:0.8:0.5. What looks like a number to somebody and is none is refused, or a file would be looked for by a
    /// name that nobody meant.
    /// </summary>
    public static bool TryReadLora(string text, [MaybeNullWhen(false)] out LoraChoice lora)
    {
        var (path, numbers) = Split(text);
        lora = numbers switch
        {
            [var strength, var textStrength] => new LoraChoice(path, strength, textStrength),
            [var strength] => new LoraChoice(path, strength),
            _ => new LoraChoice(path),
        };
        return path.Length > 0 && numbers.All(double.IsFinite) && Advice(text).Length == 0;
    }

    /// <summary>How to write a strength that is written in another way: ": write 0.8" for 0,8; empty where nobody knows.</summary>
    public static string Advice(string text)
    {
        var (path, numbers) = Split(text);
        return numbers.Count < 2 && path.LastIndexOf(':') is > 0 and var colon ? Numbers.Advice(path[(colon + 1)..]) : "";
    }

    /// <summary>FILE or FILE:word.</summary>
    public static bool TryReadEmbedding(string text, [MaybeNullWhen(false)] out EmbeddingChoice embedding)
    {
        // A drive's letter and a folder's separator are the path's.
        int colon = text.LastIndexOf(':');
        bool hasWord = colon > 1 && colon < text.Length - 1 && text.IndexOfAny(['/', '\\'], colon) < 0;
        embedding = hasWord ? new EmbeddingChoice(text[..colon], text[(colon + 1)..]) : new EmbeddingChoice(text);
        return text.Length > 0;
    }

    /// <summary>The LoRA as it can be typed again.</summary>
    public static string Print(LoraChoice lora) => (lora.Strength, lora.TextStrength) switch
    {
        (var strength, { } text) => string.Create(CultureInfo.InvariantCulture, $"{lora.Path}:{strength}:{text}"),
        (1, null) when !lora.Path.Contains(':', StringComparison.Ordinal) => lora.Path,
        (var strength, null) => string.Create(CultureInfo.InvariantCulture, $"{lora.Path}:{strength}"),
    };

    /// <summary>The textual inversion as it can be typed again.</summary>
    public static string Print(EmbeddingChoice embedding) =>
        embedding.Word is { } word ? $"{embedding.Path}:{word}" : embedding.Path;

    /// <summary>The numbers at the end, two at most, and what stands before them.</summary>
    private static (string Path, List<double> Numbers) Split(string text)
    {
        var numbers = new List<double>();
        while (numbers.Count < 2 && text.LastIndexOf(':') is > 0 and var colon && Numbers.TryNumber(text[(colon + 1)..], out double number))
        {
            numbers.Insert(0, number);
            text = text[..colon];
        }

        return (text, numbers);
    }
}
