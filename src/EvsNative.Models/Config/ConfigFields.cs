using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Reads a configuration of a stranger: config.json of a network, or of a scheduler. A missing key or a null means the format's default;
/// what this engine cannot compute is refused by name. No number is taken without its range, no list without its length.
/// </summary>
/// <param name="json">the object</param>
/// <param name="owner">whose configuration it is, for messages</param>
internal sealed class ConfigFields(JsonElement json, string owner)
{
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The keys that were asked for so far.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>A whole number in a range.</summary>
    public int Int(string key, int missing, int most, int least = 1)
    {
        if (Find(key) is not { } value) return missing;
        return Whole(value, most, least) ?? throw OutOfRange(key, value, $"a whole number from {least} to {most} is needed");
    }

    /// <summary>The same, or a list of equal numbers: one for each level of a network.</summary>
    public int SameInt(string key, int missing, int most)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array } list) return Int(key, missing, most);
        var numbers = Ints(key, [missing], InputLimits.Levels, most);
        return numbers.All(number => number == numbers[0])
            ? numbers[0]
            : throw Refuse(key, list, "the same number for every level is needed");
    }

    /// <summary>A finite number in a range.</summary>
    public float Float(string key, float missing, float least, float most)
    {
        if (Find(key) is not { } value) return missing;
        bool isInside = value.ValueKind == JsonValueKind.Number && value.GetSingle() is var number && number >= least && number <= most;
        return isInside ? value.GetSingle() : throw OutOfRange(key, value, Range(least, most));
    }

    /// <summary>A finite number in a range, in double precision.</summary>
    public double Double(string key, double missing, double least, double most)
    {
        if (Find(key) is not { } value) return missing;
        bool isInside = value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= least && number <= most;
        return isInside ? value.GetDouble() : throw OutOfRange(key, value, Range(least, most));
    }

    public bool Bool(string key, bool missing)
    {
        if (Find(key) is not { } value) return missing;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Broken(key, value, "true or false is needed");
    }

    /// <summary>One of these words.</summary>
    public string Word(string key, string missing, params string[] words)
    {
        if (Find(key) is not { } value) return missing;
        if (value.ValueKind != JsonValueKind.String) throw Broken(key, value, "a string is needed");
        return words.FirstOrDefault(word => value.ValueEquals(word))
            ?? throw Refuse(key, value, $"only {string.Join(" and ", words)} are known");
    }

    /// <summary>A list of whole numbers of 1 and more.</summary>
    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> missing, int mostCount, int most)
    {
        if (Find(key) is not { } value) return missing;
        if (Members(key, value, mostCount, JsonValueKind.Number, "whole numbers") is not { Count: > 0 } members)
            throw Broken(key, value, "an empty list says nothing");
        return
        [
            .. members.Select(member =>
                Whole(member, most, 1) ?? throw OutOfRange(key, member, $"whole numbers from 1 to {most} are needed")),
        ];
    }

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string> missing, int mostCount)
    {
        if (Find(key) is not { } value) return missing;
        return [.. Members(key, value, mostCount, JsonValueKind.String, "strings").Select(member => member.GetString()!)];
    }

    /// <summary>Refuses a configuration that sets the key to anything, with the reason.</summary>
    public void Absent(string key, string reason)
    {
        if (Find(key) is { } value) throw Refuse(key, value, reason);
    }

    /// <summary>Refuses a configuration that sets the key to anything but one of these values, written as in JSON.</summary>
    public void Only(string key, string reason, params string[] allowed)
    {
        if (Find(key) is not { } value) return;
        bool isAllowed = value.ValueKind == JsonValueKind.Number
            ? allowed.Any(a => double.TryParse(a, CultureInfo.InvariantCulture, out double number) && number == value.GetDouble())
            : allowed.Contains(value.GetRawText());
        if (!isAllowed) throw Refuse(key, value, reason);
    }

    /// <summary>The complaint about a value.</summary>
    public InputException Refuse(string key, string shown, string reason, InputCode code = InputCode.Unsupported) =>
        new(code, $"{owner} config: {key} is {InputText.Name(shown)}; {reason}");

    private static int? Whole(JsonElement value, int most, int least) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most ? number : null;

    private static string Range(double least, double most) =>
        string.Create(CultureInfo.InvariantCulture, $"a number from {least:G6} to {most:G6} is needed");

    private List<JsonElement> Members(string key, JsonElement value, int most, JsonValueKind kind, string words)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Broken(key, value, $"a list of {words} is needed");
        int count = value.GetArrayLength();
        if (count > most) throw Refuse(key, $"a list of {count}", $"at most {most} are possible", InputCode.OutOfRange);
        List<JsonElement> members = [.. value.EnumerateArray()];
        return members.TrueForAll(member => member.ValueKind == kind) ? members : throw Broken(key, value, $"a list of {words} is needed");
    }

    private InputException Refuse(string key, JsonElement value, string reason) => Refuse(key, value.Shown(), reason);

    /// <summary>The complaint about a value of another type than the format has there.</summary>
    private InputException Broken(string key, JsonElement value, string reason) => Refuse(key, value.Shown(), reason, InputCode.Damaged);

    /// <summary>The complaint about a number outside its range, or about what is no number.</summary>
    private InputException OutOfRange(string key, JsonElement value, string reason) =>
        Refuse(key, value.Shown(), reason, value.ValueKind == JsonValueKind.Number ? InputCode.OutOfRange : InputCode.Damaged);

    private JsonElement? Find(string key)
    {
        _asked.Add(key);
        if (json.ValueKind != JsonValueKind.Object)
            throw new InputException(InputCode.Damaged, $"{owner} config: a JSON object is needed, this is {json.ValueKind}");
        return json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
