using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Finds the vocabulary of a model: the one that was named, the model's own, else one that lies where people have them, unless it does
/// not go with the text encoder. What was taken from elsewhere is said.
/// </summary>
internal static class TokenizerSearch
{
    /// <summary>
    /// Rows of a text encoder's table beyond its vocabulary: fine-tunes add a few words. A table of another kind is longer by thousands.
    /// </summary>
    private const int MostAddedRows = 1024;

    private const string Remedy = "name one with --tokenizer, or fetch it: evsnative pull clip-tokenizer";

    /// <summary>The vocabulary for a text encoder.</summary>
    /// <param name="model">a checkpoint in one file, or the folder of a model</param>
    /// <param name="given">what the user named, a file, a folder or owner/name; null if nothing</param>
    /// <param name="rows">rows of the text encoder's table of words</param>
    /// <param name="told">where it was taken from, if nobody said so</param>
    /// <param name="places">where to look; this user's if absent</param>
    /// <exception cref="InputException">
    /// what was named, or lies in the model's own folder, is no vocabulary; or none was found, with a list of those that were passed over
    /// </exception>
    public static ClipTokenizer Open(
        string model, string? given, int rows, ICollection<Notice> told, TokenizerPlaces? places = null)
    {
        if (given is not null) return new ClipTokenizer(TokenizerFiles.Read(ModelPath.Resolve(given, told: told)));
        if (Directory.Exists(model) && TokenizerFiles.Inside(model) is { } own) return new ClipTokenizer(TokenizerFiles.Read(own));
        var passed = new List<string>();
        foreach (string path in (places ?? TokenizerPlaces.OfUser()).Around(model).Distinct())
        {
            try
            {
                var found = Fitting(path, rows);
                told.Add(new Notice(
                    NoticeCode.Assumed, $"{model} has no vocabulary of its own: taken from {path}; --tokenizer names another"));
                return found;
            }
            catch (InputException e)
            {
                passed.Add(e.Message);
            }
        }

        string none = passed.Count == 0 ? "none was found beside it or in the usual caches" : "none that was found goes with it";
        throw new InputException(InputCode.NotGiven, $"{model} holds no vocabulary, and {none}: {Remedy}", passed);
    }

    private static ClipTokenizer Fitting(string path, int rows)
    {
        var tokenizer = new ClipTokenizer(TokenizerFiles.Read(path));
        if (tokenizer.VocabularySize <= rows && tokenizer.VocabularySize > rows - MostAddedRows) return tokenizer;
        throw new InputException(
            InputCode.Mismatch,
            $"{path}: a vocabulary of {tokenizer.VocabularySize} tokens, the text encoder knows {rows}: they do not belong together");
    }
}
