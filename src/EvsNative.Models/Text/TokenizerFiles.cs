using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Vocabularies in all forms that people have, file or folder: vocab.json with merges.txt, tokenizer.json, OpenAI's list of merges. What a
/// file is comes from its content.
/// </summary>
internal static class TokenizerFiles
{
    private const string VocabularyName = "vocab.json", MergesName = "merges.txt", JoinedName = "tokenizer.json", Kind = "a vocabulary";

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">a file, a folder, or the folder of a model with <c>tokenizer</c> in it</param>
    /// <exception cref="InputException">nothing of the kind is there, or it cannot be understood</exception>
    public static ClipTokenizerFiles Read(string path)
    {
        if (!Directory.Exists(path)) return ReadFile(path);
        return Inside(path) is { } found ? ReadFile(found) : ClipTokenizerFiles.Read(path);
    }

    /// <summary>The file of a folder, or of <c>tokenizer</c> in it, from which a vocabulary can be read; null if there is none.</summary>
    public static string? Inside(string folder) => In(folder) ?? In(Path.Combine(folder, "tokenizer"));

    /// <summary>The same of the folder alone.</summary>
    public static string? In(string folder)
    {
        string Named(string name) => Path.Combine(folder, name);
        if (OrdinaryFile.Exists(Named(VocabularyName)) && OrdinaryFile.Exists(Named(MergesName))) return Named(VocabularyName);
        string[] others = [JoinedName, .. OpenAiVocabulary.Names];
        return others.Select(Named).FirstOrDefault(OrdinaryFile.Exists);
    }

    private static ClipTokenizerFiles ReadFile(string path)
    {
        byte[] content = OrdinaryFile.ReadAll(path, InputLimits.VocabularyBytes, Kind);
        if (OpenAiVocabulary.IsPacked(content)) return OpenAiVocabulary.Parse(content, path);
        return FileKinds.Of(content.AsSpan(0, Math.Min(content.Length, FileKinds.StartBytes)), content.Length) switch
        {
            FileKind.Json when Path.GetFileName(path) == JoinedName || HoldsMerges(content) =>
                ClipTokenizerFiles.ParseJoined(content, path),
            FileKind.Json => WithMerges(path, content),
            FileKind.PlainText => WithVocabulary(path, content),
            var kind => throw new InputException(
                InputCode.WrongKind,
                $"{path}: {FileKinds.Name(kind)}, where a vocabulary is needed (vocab.json with merges.txt, tokenizer.json or "
                + $"{OpenAiVocabulary.Names[0]})"),
        };
    }

    /// <summary>Whether a JSON text has a list named merges; of a vocabulary a word of this name has a number.</summary>
    private static bool HoldsMerges(ReadOnlySpan<byte> json)
    {
        var word = "\"merges\""u8;
        while (json.IndexOf(word) is var at and >= 0)
        {
            json = json[(at + word.Length)..];
            if (json.TrimStart(": \t\r\n"u8).StartsWith("["u8)) return true;
        }

        return false;
    }

    /// <summary>vocab.json alone does not tell how words are split.</summary>
    private static ClipTokenizerFiles WithMerges(string path, byte[] vocabulary)
    {
        string merges = Beside(path, VocabularyName, MergesName);
        if (OrdinaryFile.Exists(merges))
            return ClipTokenizerFiles.Parse(vocabulary, OrdinaryFile.ReadAll(merges, InputLimits.VocabularyBytes, Kind), Folder(path));
        // The word that ends a text, in which every vocabulary of CLIP agrees, however its brackets are escaped.
        if (vocabulary.AsSpan().IndexOf("endoftext"u8) < 0)
        {
            throw new InputException(
                InputCode.WrongKind,
                $"{path}: JSON without the words of a vocabulary: vocab.json with merges.txt, or tokenizer.json, is needed");
        }

        throw new InputException(
            InputCode.Incomplete, $"{path}: a vocabulary without its merges: put {MergesName} beside it, or give tokenizer.json");
    }

    /// <summary>merges.txt alone tells CLIP's ids by OpenAI's rule; what lies beside it tells them better.</summary>
    private static ClipTokenizerFiles WithVocabulary(string path, byte[] merges)
    {
        string vocabulary = Beside(path, MergesName, VocabularyName);
        return vocabulary != path && OrdinaryFile.Exists(vocabulary)
            ? ClipTokenizerFiles.Parse(OrdinaryFile.ReadAll(vocabulary, InputLimits.VocabularyBytes, Kind), merges, Folder(path))
            : OpenAiVocabulary.Parse(merges, path);
    }

    /// <summary>The file that goes with another: "x-merges.txt" with "x-vocab.json". The same path if the name tells nothing.</summary>
    private static string Beside(string path, string from, string to)
    {
        string name = Path.GetFileName(path), stem = name.EndsWith(from, StringComparison.OrdinalIgnoreCase) ? name[..^from.Length] : "";
        bool isNamed = name.EndsWith(from, StringComparison.OrdinalIgnoreCase) || from == VocabularyName;
        return isNamed ? Path.Combine(Folder(path), stem + to) : path;
    }

    private static string Folder(string path) => Path.GetDirectoryName(path) ?? "";
}
