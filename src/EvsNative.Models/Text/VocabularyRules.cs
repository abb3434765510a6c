using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What a vocabulary must hold before anything works with it. Ids differ and lie from 0 up to a limit; they may leave some out, rows of
/// the text encoder's table that no word uses. Every byte has a token, alone and at the end of a word, so that no word is lost. Every merge
/// joins two tokens to a third, and stands once: a result is longer than its parts, so merges cannot go round in circles.
/// </summary>
internal static class VocabularyRules
{
    /// <summary>The ids of a JSON object of tokens.</summary>
    /// <exception cref="InputException">it is none, or has too many</exception>
    public static Dictionary<string, int> Ids(JsonElement vocabulary, string origin)
    {
        if (vocabulary.ValueKind != JsonValueKind.Object) throw Broken(origin, "the vocabulary is not a JSON object");
        int count = vocabulary.GetPropertyCount();
        if (count > InputLimits.Tokens)
        {
            throw new InputException(
                InputCode.TooLarge, $"{origin}: a vocabulary of {count} tokens, at most {InputLimits.Tokens} are read: check the file");
        }

        var ids = new Dictionary<string, int>(count);
        foreach (var token in vocabulary.EnumerateObject())
        {
            bool isWhole = token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out int id);
            ids.Add(token.Name, isWhole ? token.Value.GetInt32() : throw BadId(origin, token.Name, token.Value.Shown()));
        }

        return ids;
    }

    /// <summary>Holds a vocabulary to the rules.</summary>
    /// <exception cref="InputException">names what breaks them</exception>
    public static void Verify(this ClipTokenizerFiles files)
    {
        string origin = files.Origin;
        VerifyIds(files.Vocabulary, origin);
        foreach (string special in new[] { ClipTokenizer.Begin, ClipTokenizer.End }) Need(special);
        foreach (char symbol in ClipTokenizerFiles.ByteSymbols())
        {
            Need($"{symbol}");
            Need($"{symbol}{ClipTokenizer.WordEnd}");
        }

        if (files.Merges.Count is 0 or > InputLimits.Tokens)
            throw Broken(origin, $"{files.Merges.Count} merges, 1 to {InputLimits.Tokens} are possible");
        var seen = new HashSet<string>(files.Merges.Count);
        foreach (string merge in files.Merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1 || merge.IndexOf(' ', space + 1) >= 0) throw NoPair(origin, InputText.Quote(merge));
            if (!seen.Add(merge)) throw Broken(origin, $"merge {InputText.Quote(merge)} stands twice");
            Need(merge[..space]);
            Need(merge[(space + 1)..]);
            Need(merge.Remove(space, 1));
        }

        void Need(string token)
        {
            if (files.Vocabulary.ContainsKey(token)) return;
            throw new InputException(
                InputCode.Mismatch,
                $"{origin}: the vocabulary lacks {InputText.Quote(token)}: not CLIP's, or not the one that goes with these merges");
        }
    }

    /// <summary>The complaint about a merge.</summary>
    public static InputException NoPair(string origin, string shown) =>
        new(InputCode.Damaged, $"{origin}: merge {shown} is not a pair: not CLIP's merges");

    /// <summary>The complaint about anything else.</summary>
    public static InputException Broken(string origin, string what) =>
        new(InputCode.Damaged, $"{origin}: not a byte-pair vocabulary: {what}");

    private static void VerifyIds(IReadOnlyDictionary<string, int> vocabulary, string origin)
    {
        var owners = new Dictionary<int, string>(vocabulary.Count);
        foreach (var (token, id) in vocabulary)
        {
            if (token.Length == 0) throw Broken(origin, "a token without letters");
            if (id is < 0 or >= InputLimits.Tokens) throw BadId(origin, token, $"{id}");
            if (owners.TryAdd(id, token)) continue;
            throw Broken(origin, $"tokens {InputText.Quote(owners[id])} and {InputText.Quote(token)} have one id, {id}");
        }
    }

    private static InputException BadId(string origin, string token, string shown) =>
        Broken(origin, $"token {InputText.Quote(token)} has id {shown}, a whole number from 0 to {InputLimits.Tokens - 1} is needed");
}
