using System.Text.Json;
using System.Text.Unicode;

namespace EvsNative.Layers;

/// <summary>
/// JSON from strangers. All its rules are held before anything is read from it, so that nothing that reads it later can stumble: the
/// framework finds half surrogates and broken UTF-8 only when a string is asked for. A byte order mark is passed over. Comments, commas at
/// the end of a list and keys that stand twice in an object are refused: readers differ in what they make of them.
/// </summary>
internal static class JsonText
{
    private const int LongestShown = 60;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = InputLimits.JsonDepth, AllowDuplicateProperties = false };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The value that a text holds.</summary>
    /// <param name="text">UTF-8</param>
    /// <param name="origin">where it comes from, for messages</param>
    /// <exception cref="InputException">it breaks a rule, or has too many values or too deep ones</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> text, string origin)
    {
        if (text.StartsWith(ByteOrderMark)) text = text[ByteOrderMark.Length..];
        if (!Utf8.IsValid(text)) throw Broken(origin, "the JSON is not UTF-8 text");
        try
        {
            Check(text, origin);
        }
        catch (JsonException e)
        {
            throw Broken(origin, $"not valid JSON near line {e.LineNumber + 1}", e);
        }
        catch (InvalidOperationException e)
        {
            throw Broken(origin, "the JSON holds a string that is not valid Unicode", e);
        }

        try
        {
            return JsonElement.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw Broken(origin, "an object of the JSON has a key twice", e);
        }
    }

    /// <summary>A string of an object, or null if it has none of this name.</summary>
    public static string? Text(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A value as it stands in the file, fit for a line.</summary>
    public static string Shown(this JsonElement value)
    {
        string raw = value.GetRawText(), start = raw[..Math.Min(raw.Length, 8 * LongestShown)];
        string line = string.Join(' ', start.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return InputText.Name(line, LongestShown);
    }

    /// <summary>Goes through all tokens once: syntax, depth, number of values, strings.</summary>
    private static void Check(ReadOnlySpan<byte> text, string origin)
    {
        // One level more than is allowed, so that it is told apart from broken syntax.
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = InputLimits.JsonDepth + 1 });
        int values = 0;
        while (reader.Read())
        {
            if (++values > InputLimits.JsonValues) throw TooLarge($"the JSON has more than {InputLimits.JsonValues} values");
            if (reader.CurrentDepth >= InputLimits.JsonDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                throw TooLarge($"the JSON is nested deeper than {InputLimits.JsonDepth} levels");
            if (reader.ValueIsEscaped) _ = reader.GetString();
        }

        InputException TooLarge(string what) => new(InputCode.TooLarge, $"{origin}: {what}: check the file");
    }

    private static InputException Broken(string origin, string what, Exception? cause = null) =>
        new(InputCode.Damaged, $"{origin}: {what}: download it again", cause: cause);
}
