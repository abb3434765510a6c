namespace EvsNative.Fuzz.Mutation;

/// <summary>A value or a key in a JSON text.</summary>
/// <param name="Start">its first character</param>
/// <param name="End">the character behind it</param>
/// <param name="IsKey">true for the name of a member</param>
internal readonly record struct JsonPlace(int Start, int End, bool IsKey);

/// <summary>
/// Finds the keys and values of a JSON text that may be broken already: nothing is refused, what makes no sense is passed over.
/// </summary>
internal static class JsonPlaces
{
    private const int Most = 20_000;

    /// <summary>Keys and values, an object or array behind what is in it.</summary>
    public static List<JsonPlace> Of(string text)
    {
        var places = new List<JsonPlace>();
        var open = new Stack<int>();
        for (int at = 0; at < text.Length && places.Count < Most;)
        {
            char c = text[at];
            if (c is '{' or '[') open.Push(at);
            if (c is '}' or ']' && open.TryPop(out int start)) places.Add(new JsonPlace(start, at + 1, false));
            int end = c == '"' ? EndOfString(text, at) : EndOfWord(text, at);
            if (end > at) places.Add(new JsonPlace(at, end, c == '"' && IsBeforeColon(text, end)));
            at = Math.Max(end, at + 1);
        }

        return places;
    }

    private static int EndOfString(string text, int at)
    {
        int end = at + 1;
        while (end < text.Length && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        return Math.Min(text.Length, end + 1);
    }

    private static int EndOfWord(string text, int at)
    {
        int end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '+' or '.')) end++;
        return end;
    }

    private static bool IsBeforeColon(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length && text[at] == ':';
    }
}
