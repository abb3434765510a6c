namespace EvsNative.Models;

/// <summary>
/// A byte-pair vocabulary of any size without files, in CLIP's order: bytes, bytes at the end of a word, one merge a token, begin and end.
/// The merges make every word of two letters, then of three, then of four, in alphabetic order, each within a word and at its end.
/// </summary>
internal static class FormulaVocabulary
{
    private const int Specials = 2;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>Vocabulary and merges.</summary>
    /// <param name="size">ids in all</param>
    public static ClipTokenizerFiles Make(int size)
    {
        // CLIP's ids follow the symbols, not the bytes that they stand for.
        string[] bytes = [.. ClipTokenizerFiles.ByteSymbols().Order().Select(symbol => $"{symbol}")];
        string[] ends = [.. bytes.Select(symbol => symbol + ClipTokenizer.WordEnd)];
        string[] merges = [.. Merges().Take(size - bytes.Length - ends.Length - Specials)];
        var merged = merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal));
        IEnumerable<string> tokens = [.. bytes, .. ends, .. merged, ClipTokenizer.Begin, ClipTokenizer.End];
        var ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        return new ClipTokenizerFiles(ids, merges, "vocabulary by formula");
    }

    private static IEnumerable<string> Merges()
    {
        string[] shorter = [.. Letters.Select(letter => $"{letter}")];
        while (true)
        {
            foreach (string start in shorter)
            {
                foreach (char letter in Letters)
                {
                    yield return $"{start} {letter}";
                    yield return $"{start} {letter}{ClipTokenizer.WordEnd}";
                }
            }

            shorter = [.. shorter.SelectMany(start => Letters.Select(letter => $"{start}{letter}"))];
        }
    }
}
