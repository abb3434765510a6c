using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EvsNative.Fuzz.Mutation;

/// <summary>
/// Changes a JSON text by its own grammar: values and keys are replaced, lost, said twice, nested, made long or of another kind.
/// </summary>
internal static class JsonMutation
{
    private static readonly string[] Others =
    [
        "true", "false", "null", "\"\"", "[]", "{}", "[[]]", "[0]", "[-1]", "[null]", "[1.5]", "[1e400]", "[8,16]", "[1,1,1,1]",
        "[1048576]", "[2147483647]", "[67108864,67108864]", "[2147483616,2147483616]", "[32,32,32,32,32,32,32,32,32]",
        "[0,18446744073709551615]",
        "\"\\ud800\"", "\"\\udc00x\"", "[\"\\ud800\"]", "{\"\\ud800\":1}", "\"\\u0000\"", "\"\\u001b]0;x\\u0007\"", "\"a\\nb\"", "\"\\x\"",
        "\"NaN\"", "NaN", "Infinity", "-Infinity", "01", "1.", "'a'", "/**/1",
        "{\"a\":1,\"a\":2}",
    ];

    /// <summary>A few changes, or now and then changes of the bytes.</summary>
    public static byte[] Change(Dice dice, byte[] seed)
    {
        if (dice.OneIn(6)) return ByteMutation.Change(dice, seed);
        string text = Encoding.UTF8.GetString(seed);
        for (int left = dice.Few(); left > 0; left--) text = Once(dice, text);
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>A value, as JSON has it or should not have it.</summary>
    private static string Value(Dice dice) => dice.Below(8) switch
    {
        < 4 => dice.Pick(Absurd.Numbers),
        4 or 5 => dice.Pick(Others),
        6 => Quote(Absurd.Word(dice)),
        _ => Large(dice),
    };

    private static string Once(Dice dice, string text)
    {
        var places = JsonPlaces.Of(text);
        if (places.Count == 0) return Value(dice);
        var place = dice.Pick(places);
        // Most changes are of values: a lost key is a default soon.
        if (place.IsKey && !dice.OneIn(3)) place = dice.Pick(places);
        string old = text[place.Start..place.End];
        return place.IsKey ? With(text, place, Key(dice, old)) : dice.Below(8) switch
        {
            0 => With(text, place, Wrapped(dice, old)),
            1 => With(text, place, TextOf(text, dice.Pick(places))),
            2 => With(text, place, ""),
            3 => With(text, place, old + "," + old),
            4 => Member(dice, text, places),
            _ => With(text, place, Value(dice)),
        };
    }

    private static string Key(Dice dice, string key) => dice.Below(4) switch
    {
        0 => "\"\\ud800\"",
        1 => Quote(Absurd.Word(dice)),
        2 => key + ":" + Value(dice) + "," + key,
        _ => key.Length > 2 ? key[..^2] + "\"" : "\"\"",
    };

    /// <summary>A member that the first object has already, or a new one.</summary>
    private static string Member(Dice dice, string text, List<JsonPlace> places)
    {
        int brace = text.IndexOf('{', StringComparison.Ordinal);
        JsonPlace[] keys = [.. places.Where(place => place.IsKey)];
        if (brace < 0 || keys.Length == 0) return Value(dice);
        return text.Insert(brace + 1, $"{TextOf(text, dice.Pick(keys))}:{Value(dice)},");
    }

    private static string Wrapped(Dice dice, string value)
    {
        int depth = dice.Pick([1, 2, 63, 64, 65, 5000]);
        return dice.OneIn(2)
            ? new string('[', depth) + value + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + value + new string('}', depth);
    }

    private static string Large(Dice dice)
    {
        int length = dice.Pick([9, 300, 5000, 100_000]);
        return dice.OneIn(2)
            ? "\"" + new string((char)('a' + dice.Below(26)), length) + "\""
            : "[" + string.Join(',', Enumerable.Repeat(dice.Pick(Absurd.Numbers), Math.Min(length, 5000))) + "]";
    }

    private static string Quote(string word) => "\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(word) + "\"";

    private static string TextOf(string text, JsonPlace place) => text[place.Start..place.End];

    private static string With(string text, JsonPlace place, string instead) => text[..place.Start] + instead + text[place.End..];
}
