using System.Text;

namespace EvsNative.Fuzz.Mutation;

/// <summary>Changes lines of words: words are replaced, lost, moved and said again, numbers become absurd ones.</summary>
internal static class TextMutation
{
    private static readonly char[] Ends = [' ', '\n', ':', '/', '=', ',', '[', ']'];

    /// <summary>A few changes, or now and then changes of the bytes.</summary>
    public static byte[] Change(Dice dice, byte[] seed) =>
        dice.OneIn(5) ? ByteMutation.Change(dice, seed) : Encoding.UTF8.GetBytes(Change(dice, Encoding.UTF8.GetString(seed)));

    /// <summary>A few changes.</summary>
    public static string Change(Dice dice, string text)
    {
        for (int left = dice.Few(); left > 0; left--) text = Once(dice, text);
        return text;
    }

    private static string Once(Dice dice, string text)
    {
        if (text.Length == 0) return Absurd.Word(dice);
        string[] lines = text.Split('\n');
        int line = dice.Below(lines.Length);
        switch (dice.Below(6))
        {
            case 0:
                return string.Join('\n', [.. lines[..line], .. lines[(line + 1)..]]);
            case 1:
                return string.Join('\n', [.. lines[..line], dice.Pick(lines), .. lines[line..]]);
            case 2:
                return text.Insert(dice.Below(text.Length + 1), Absurd.Word(dice));
            default:
                lines[line] = Word(dice, lines[line]);
                return string.Join('\n', lines);
        }
    }

    private static string Word(Dice dice, string line)
    {
        int start = dice.Below(line.Length + 1);
        while (start > 0 && !Ends.Contains(line[start - 1])) start--;
        int end = line.IndexOfAny(Ends, start);
        return line[..start] + (dice.OneIn(3) ? dice.Pick(Absurd.Numbers) : Absurd.Word(dice)) + (end < 0 ? "" : line[end..]);
    }
}
