using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Reads a network's config.json. A missing key or a null means the format's default; what this engine cannot compute is refused by name.
/// </summary>
/// <param name="json">the object</param>
/// <param name="network">whose config it is, for messages</param>
internal sealed class ConfigFields(JsonElement json, string network)
{
    public int Int(string key, int missing)
    {
        if (Find(key) is not { } value) return missing;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0) return number;
        throw Broken(key, value, "a positive whole number is needed");
    }

    public float Float(string key, float missing)
    {
        if (Find(key) is not { } value) return missing;
        return value.ValueKind == JsonValueKind.Number ? value.GetSingle() : throw Broken(key, value, "a number is needed");
    }

    public bool Bool(string key, bool missing)
    {
        if (Find(key) is not { } value) return missing;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Broken(key, value, "true or false is needed");
    }

    public string Text(string key, string missing)
    {
        if (Find(key) is not { } value) return missing;
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Broken(key, value, "a string is needed");
    }

    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> missing)
    {
        if (Find(key) is not { } value) return missing;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(IsPositive))
            return [.. value.EnumerateArray().Select(v => v.GetInt32())];
        throw Broken(key, value, "a list of positive whole numbers is needed");
    }

    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string> missing)
    {
        if (Find(key) is not { } value) return missing;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(v => v.GetString()!)];
        throw Broken(key, value, "a list of strings is needed");
    }

    /// <summary>Refuses a config that sets the key to anything, with the reason.</summary>
    public void Absent(string key, string reason)
    {
        if (Find(key) is { } value) throw Refuse(key, value, reason);
    }

    /// <summary>Refuses a config that sets the key to anything but one of these values, written as in JSON.</summary>
    public void Only(string key, string reason, params string[] allowed)
    {
        if (Find(key) is not { } value) return;
        bool isAllowed = value.ValueKind == JsonValueKind.Number
            ? allowed.Any(a => double.TryParse(a, out double number) && number == value.GetDouble())
            : allowed.Contains(value.GetRawText());
        if (!isAllowed) throw Refuse(key, value, reason);
    }

    /// <summary>The complaint about a value.</summary>
    public InputException Refuse(string key, string shown, string reason, InputCode code = InputCode.Unsupported) =>
        new(code, $"{network} config: {key} is {shown}; {reason}");

    private static bool IsPositive(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0;

    private InputException Refuse(string key, JsonElement value, string reason) => Refuse(key, value.GetRawText(), reason);

    /// <summary>The complaint about a value of another type than the format has there.</summary>
    private InputException Broken(string key, JsonElement value, string reason) =>
        Refuse(key, value.GetRawText(), reason, InputCode.Damaged);

    private JsonElement? Find(string key)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new InputException(InputCode.Damaged, $"{network} config: a JSON object is needed, this is {json.ValueKind}");
        return json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
