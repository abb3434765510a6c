using System.Buffers;
using System.Globalization;
using System.Text;

namespace EvsNative.Layers;

/// <summary>
/// Text from files, tools, names and systems, made fit for a line that people read: nothing in it moves a cursor, hides, or turns letters
/// round, and what is too long is cut. Every error and notice goes through here when it is made, all that is printed once more.
/// </summary>
public static class InputText
{
    /// <summary>Most characters of a line: 300 with the program's name before it.</summary>
    public const int LongestLine = 300 - 12;

    private const int LongestName = 160, LongestOwnWord = 40, MostRead = 1 << 13;
    private const string Cut = "...";

    /// <summary>
    /// Letters of no width that are no format characters: Hangul's fillers, Khmer's inherent vowels, the grapheme
    /// joiner.
    /// </summary>
    private const string Unseen = "\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0";

    private static readonly Rune Joiner = new('\u200D'), PictureMark = new('\uFE0F');

    /// <summary>A name from a file: what cannot be shown becomes question marks, what is too long is cut at its end.</summary>
    public static string Name(string name, int most = LongestName) =>
        name.Length <= most ? Shown(name) : Shown(name[..Boundary(name, most)]).TrimEnd() + Cut;

    /// <summary>The same between quotation marks.</summary>
    public static string Quote(string name) => $"'{Name(name)}'";

    /// <summary>A text as it is shown: its length stays, what cannot be shown becomes question marks.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder(text.Length);
        var before = default(Rune);
        for (int at = 0, length; at < text.Length; at += length)
        {
            bool isWhole = Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out length) == OperationStatus.Done;
            bool isSeen = isWhole && (IsSeen(rune) || (rune == Joiner && IsPicture(before) && IsPicture(After(text, at + length))));
            if (isSeen) shown.Append(text, at, length);
            else shown.Append('?', length);
            before = rune;
        }

        return shown.ToString();
    }

    /// <summary>The text with its line breaks and tabs made spaces.</summary>
    public static string OneLine(string text) => Shown(text.ReplaceLineEndings(" ").Replace('\t', ' ')).Trim();

    /// <summary>
    /// One line of at most <see cref="LongestLine"/> characters. The longest words give way first: no word of a sentence has forty
    /// letters, so they are paths and names, and what to do about them stays readable.
    /// </summary>
    public static string Line(string text)
    {
        string line = OneLine(Short(text, MostRead));
        if (line.Length <= LongestLine) return line;
        string[] words = line.Split(' ');
        for (int over = line.Length - LongestLine; over > 0;)
        {
            int longest = Array.IndexOf(words, words.MaxBy(word => word.Length)!), length = words[longest].Length;
            if (length <= LongestOwnWord) break;
            words[longest] = Short(words[longest], Math.Max(LongestOwnWord, length - over));
            over -= length - words[longest].Length;
        }

        return Short(string.Join(' ', words), LongestLine);
    }

    /// <summary>A text cut in its middle: the end tells more, a path's name or what to do.</summary>
    public static string Short(string text, int most)
    {
        if (text.Length <= most) return text;
        int head = (most - Cut.Length) / 3, tail = text.Length - (most - Cut.Length - head);
        if (char.IsLowSurrogate(text[tail])) tail++;
        return text[..Boundary(text, head)] + Cut + text[tail..];
    }

    /// <summary>JSON with its unseen characters escaped, so that it may be shown on a terminal; it says the same.</summary>
    public static string Json(string json)
    {
        var safe = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            if (IsSeen(rune) || rune.Value is '\n' or '\r') safe.Append(rune);
            else foreach (char unit in rune.ToString()) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return safe.ToString();
    }

    private static bool IsSeen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Plane != 14 && !(rune.IsBmp && Unseen.Contains((char)rune.Value, StringComparison.Ordinal));

    /// <summary>Pictures are joined to others by a character that hides anywhere else.</summary>
    private static bool IsPicture(Rune rune) =>
        rune.Value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2190 and <= 0x2BFF) || rune == PictureMark;

    private static Rune After(string text, int at) =>
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == OperationStatus.Done ? rune : default;

    /// <summary>The place, or the one before it if it would part two halves of a letter.</summary>
    private static int Boundary(string text, int at) => at > 0 && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;
}
