using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// How a number is written, for every setting, on a command line and in JSON alike:
/// <code>
/// whole  = [ "-" ] digits
/// number = [ "-" ] digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ]
/// digits = one or more of 0 to 9
/// </code>
/// JSON's numbers are all among them. What other habits write (commas, blanks, a plus, other digits) is refused with the word to write,
/// never guessed: 7,5 is seven and a half to some and seventy-five to others.
/// </summary>
internal static partial class Numbers
{
    private const string Minuses = "\u2010\u2011\u2012\u2013\u2212\uFE63\uFF0D", Separators = "_'\u2019\u066C", Commas = "\uFF0C\u066B";
    private const double Exact = 1L << 53;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>True for a number without a fraction, however large.</summary>
    public static bool IsWhole(string text) => WholeForm().IsMatch(text);

    /// <summary>Reads a number without a fraction.</summary>
    public static bool TryWhole(string text, out int value)
    {
        value = 0;
        return IsWhole(text) && int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out value);
    }

    /// <summary>Reads a number without a fraction or a sign, of 64 bits.</summary>
    public static bool TryCount(string text, out ulong value)
    {
        value = 0;
        return IsWhole(text) && ulong.TryParse(text, NumberStyles.None, Culture, out value);
    }

    /// <summary>Reads a number. One that is too large is infinite, so that a range refuses it.</summary>
    public static bool TryNumber(string text, out double value)
    {
        value = 0;
        return NumberForm().IsMatch(text) && double.TryParse(text, NumberStyles.Float, Culture, out value);
    }

    /// <summary>What to write instead of something that is no number: ": write 7.5"; empty if nobody knows.</summary>
    /// <param name="text">as typed</param>
    public static string Advice(string text) => Advise(text, Meanings(Plain(text)).Where(meaning => NumberForm().IsMatch(meaning)));

    /// <summary>The same for a number without a fraction.</summary>
    public static string WholeAdvice(string text)
    {
        string plain = Plain(text);
        if (TryNumber(plain, out double value) && Math.Abs(value) < Exact && value == Math.Truncate(value))
            return Advise(text, [value.ToString("F0", Culture)]);
        return Advise(text, Meanings(plain).Where(IsWhole));
    }

    private static string Advise(string text, IEnumerable<string> words)
    {
        string advice = string.Join(" or ", words.Where(word => word != text));
        return advice.Length is > 0 and < 40 ? $": write {advice}" : "";
    }

    /// <summary>Digits and signs of all scripts as those of a keyboard, without blanks and marks between thousands.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            string one = rune.ToString();
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) plain.Append(Rune.GetNumericValue(rune));
            else if (Minuses.Contains(one, StringComparison.Ordinal)) plain.Append('-');
            else if (Commas.Contains(one, StringComparison.Ordinal)) plain.Append(',');
            else if (!Rune.IsWhiteSpace(rune) && !Separators.Contains(one, StringComparison.Ordinal)) plain.Append(one);
        }

        return plain.ToString().TrimStart('+');
    }

    /// <summary>The numbers that may be meant, the likeliest first.</summary>
    private static IEnumerable<string> Meanings(string text)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal), point = text.IndexOf('.', StringComparison.Ordinal);
        bool isOne = comma >= 0 && text.LastIndexOf(',') == comma;
        if (comma < 0) yield return Complete(text);
        else if (point < 0 && isOne) yield return Complete(text.Replace(',', '.'));
        else if (point < comma && isOne) yield return text.Replace(".", "", StringComparison.Ordinal).Replace(',', '.');
        if (Thousands().IsMatch(text)) yield return text.Replace(",", "", StringComparison.Ordinal);
    }

    /// <summary>The zero before a point, and no point at the end.</summary>
    private static string Complete(string text)
    {
        string all = text.EndsWith('.') ? text[..^1] : text;
        return all.StartsWith('.') ? $"0{all}" : all.StartsWith("-.", StringComparison.Ordinal) ? $"-0{all[1..]}" : all;
    }

    [GeneratedRegex(@"\A-?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeForm();

    [GeneratedRegex(@"\A-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberForm();

    [GeneratedRegex(@"\A-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();
}
