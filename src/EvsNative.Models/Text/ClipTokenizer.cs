using System.Text;
using EvsNative.Layers;
using Microsoft.ML.Tokenizers;

namespace EvsNative.Models;

/// <summary>
/// CLIP's byte-pair tokenizer. The merging is Microsoft.ML.Tokenizers' (byte level, end-of-word suffix); what comes before it, the
/// normalising and the splitting, is our own, because its regular expressions and normalizers do not see letters beyond the basic plane.
/// Ids are those of the vocabulary file, whatever its order.
/// </summary>
internal sealed class ClipTokenizer : IPromptTokenizer
{
    internal const string Begin = "<|startoftext|>", End = "<|endoftext|>", WordEnd = "</w>";

    private readonly BpeTokenizer _bytePairs;

    /// <summary>A tokenizer of this vocabulary.</summary>
    /// <param name="files">vocabulary and merges</param>
    public ClipTokenizer(ClipTokenizerFiles files)
    {
        files.Verify();
        Files = files;
        (BeginId, EndId, Length) = (files.Vocabulary[Begin], files.Vocabulary[End], files.Length);
        VocabularySize = files.Vocabulary.Values.Max() + 1;
        try
        {
            _bytePairs = BpeTokenizer.Create(new BpeOptions(files.Vocabulary)
            {
                Merges = files.Merges,
                ByteLevel = true,
                EndOfWordSuffix = WordEnd,
                PreTokenizer = new ClipTokenizerPieces(),
                SpecialTokens = new Dictionary<string, int> { [Begin] = BeginId, [End] = EndId },
            });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            // The rules above are ours; the library may have others.
            throw VocabularyRules.Broken(files.Origin, InputText.OneLine(e.Message));
        }
    }

    /// <summary>What it was made of, so that it can be written beside a model.</summary>
    public ClipTokenizerFiles Files { get; }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int BeginId { get; }

    /// <inheritdoc/>
    public int EndId { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <summary>Reads a model's tokenizer folder, in any form (<see cref="TokenizerFiles"/>).</summary>
    /// <exception cref="InputException">files are missing or are no byte-pair vocabulary</exception>
    public static ClipTokenizer FromFolder(string folder) => new(TokenizerFiles.Read(folder));

    /// <inheritdoc/>
    public IReadOnlyList<int> Words(string text)
    {
        string normal = Normalize(text);
        return normal.Length == 0 ? [] : _bytePairs.EncodeToIds(normal);
    }

    /// <summary>
    /// Lower case and NFC, as transformers' fast tokenizer does; white space needs no care, since no piece contains any. Letter by letter,
    /// so that a final sigma is a sigma; half surrogates become U+FFFD.
    /// </summary>
    private static string Normalize(string prompt)
    {
        var lower = new StringBuilder(prompt.Length);
        foreach (var rune in prompt.EnumerateRunes())
        {
            // U+0130, capital I with dot, is the one letter whose lower case is two.
            if (rune.Value == 0x130) lower.Append("i\u0307");
            else lower.Append(Rune.ToLowerInvariant(rune));
        }

        return ClipTokenizerComposition.Compose(lower.ToString());
    }
}
