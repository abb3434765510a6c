namespace EvsNative.Models;

/// <summary>
/// A byte-pair vocabulary of any size without files, in CLIP's order (<see cref="OpenAiVocabulary"/>).
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
        const int bytes = 256;
        return OpenAiVocabulary.Of([.. Merges().Take(size - (2 * bytes) - Specials)], "vocabulary by formula");
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
