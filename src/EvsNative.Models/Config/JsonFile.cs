using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Small JSON files of a model folder.</summary>
internal static class JsonFile
{
    private const long LargestBytes = 64 << 20;

    /// <summary>The object that the file holds. Throws <see cref="InputException"/> if it cannot be read or holds something else.</summary>
    public static JsonElement ReadObject(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestBytes) throw TooLarge(path);
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new InputException(InputCode.Damaged, $"{path}: the JSON is not an object");
        }
        catch (JsonException e)
        {
            string place = $"near line {e.LineNumber + 1}";
            throw new InputException(InputCode.Damaged, $"{path}: not valid JSON {place}: download it again", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(InputCode.Unreadable, $"{path}: cannot be read: {InputText.OneLine(e.Message)}", cause: e);
        }
    }

    private static InputException TooLarge(string path) =>
        new(InputCode.TooLarge, $"{path}: too large for a configuration: download it again");

    /// <summary>A string of the object, or null if it has none of this name.</summary>
    public static string? Text(this JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
