using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace EvsNative.Models;

/// <summary>
/// CLIP's split of a lower-case text into pieces within which bytes are merged: the two special words, an English contraction, a run of
/// letters, one numeral, or a run of anything else that is not white space; tried in this order at every place.
/// </summary>
internal sealed class ClipTokenizerPieces : PreTokenizer
{
    private static readonly string[] Fixed = [ClipTokenizer.Begin, ClipTokenizer.End, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Numeral,
        Other,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text);

    private static List<(int Offset, int Length)> Split(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int, int)>();
        for (int at = 0; at < text.Length;)
        {
            int length = FixedLength(text[at..]);
            if (length == 0)
            {
                var kind = KindAt(text[at..], out length);
                if (kind is Kind.Letter or Kind.Other)
                {
                    while (at + length < text.Length && KindAt(text[(at + length)..], out int next) == kind) length += next;
                }

                if (kind == Kind.Space)
                {
                    at += length;
                    continue;
                }
            }

            pieces.Add((at, length));
            at += length;
        }

        return pieces;
    }

    private static int FixedLength(ReadOnlySpan<char> text)
    {
        foreach (string word in Fixed)
        {
            if (text.StartsWith(word, StringComparison.Ordinal)) return word.Length;
        }

        return 0;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out var rune, out length);
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Numeral,
            _ => Kind.Other,
        };
    }
}
