using System.Text;
using EvsNative.Layers;
using Microsoft.ML.Tokenizers;

namespace EvsNative.Models;

/// <summary>A prompt as the text encoder reads it.</summary>
/// <param name="Ids">begin, the words' ids, end, and end again up to the encoder's length</param>
/// <param name="Notices">what was cut off, for the user</param>
internal sealed record ClipTokens(int[] Ids, IReadOnlyList<Notice> Notices);

/// <summary>
/// CLIP's byte-pair tokenizer. The merging is Microsoft.ML.Tokenizers' (byte level, end-of-word suffix); what comes before it, the
/// normalising and the splitting, is our own, because its regular expressions and normalizers do not see letters beyond the basic plane.
/// Ids are those of the vocabulary file, whatever its order.
/// </summary>
internal sealed class ClipTokenizer : IPromptTokenizer
{
    internal const string Begin = "<|startoftext|>", End = "<|endoftext|>", WordEnd = "</w>";

    private readonly BpeTokenizer _bytePairs;
    private readonly int _begin, _end, _length;

    /// <summary>A tokenizer of this vocabulary.</summary>
    /// <param name="files">vocabulary and merges</param>
    public ClipTokenizer(ClipTokenizerFiles files)
    {
        files.Verify();
        (_begin, _end, _length) = (files.Vocabulary[Begin], files.Vocabulary[End], files.Length);
        VocabularySize = files.Vocabulary.Values.Max() + 1;
        try
        {
            _bytePairs = BpeTokenizer.Create(new BpeOptions(files.Vocabulary)
            {
                Merges = files.Merges,
                ByteLevel = true,
                EndOfWordSuffix = WordEnd,
                PreTokenizer = new ClipTokenizerPieces(),
                SpecialTokens = new Dictionary<string, int> { [Begin] = _begin, [End] = _end },
            });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            // The rules above are ours; the library may have others.
            throw VocabularyRules.Broken(files.Origin, InputText.OneLine(e.Message));
        }
    }

    /// <summary>Rows that the text encoder's table of embeddings must have.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads a model's tokenizer folder, in any form (<see cref="TokenizerFiles"/>).</summary>
    /// <exception cref="InputException">files are missing or are no byte-pair vocabulary</exception>
    public static ClipTokenizer FromFolder(string folder) => new(TokenizerFiles.Read(folder));

    /// <summary>The ids of a prompt. Words beyond the encoder's length (75 for CLIP) are left out, with a warning.</summary>
    public ClipTokens Encode(string prompt)
    {
        var words = Words(prompt);
        int kept = Math.Min(words.Count, _length - 2);
        int[] ids = new int[_length];
        Array.Fill(ids, _end);
        ids[0] = _begin;
        for (int i = 0; i < kept; i++) ids[i + 1] = words[i];
        return new ClipTokens(ids, kept == words.Count ? [] : [new Notice(NoticeCode.PromptCut, Cut(prompt, kept, words.Count))]);
    }

    /// <summary>The ids of a prompt's words alone, all of them.</summary>
    public IReadOnlyList<int> Words(string prompt)
    {
        string text = Normalize(prompt);
        return text.Length == 0 ? [] : _bytePairs.EncodeToIds(text);
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

    private static string Cut(string prompt, int kept, int all)
    {
        string start = InputText.Name(InputText.OneLine(prompt), most: 40);
        return $"prompt \"{start}\" has {all} tokens, the text encoder reads {kept}: the last {all - kept} are left out";
    }
}
