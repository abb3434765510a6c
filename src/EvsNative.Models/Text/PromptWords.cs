using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>A textual inversion: words that are vectors.</summary>
/// <param name="Names">the words in prompts, each for all of the vectors</param>
/// <param name="Values">[n,D], one row a vector</param>
/// <param name="Count">n</param>
/// <param name="Origin">the file, for messages</param>
internal sealed record WordVectors(IReadOnlyList<string> Names, float[] Values, int Count, string Origin);

/// <summary>A part of a prompt's words: letters for the tokenizer, or rows of the text encoder's table.</summary>
/// <param name="Text">letters, empty where there are rows</param>
/// <param name="Rows">rows, none where there are letters</param>
internal readonly record struct PromptPart(string Text, IReadOnlyList<int> Rows);

/// <summary>
/// The textual inversions of a run. Their vectors are rows behind the vocabulary's own in the text encoder's table. A word is found where
/// it stands alone, in capitals or not, the longest first, and behind <c>embedding:</c> with the ending of its file or without.
/// </summary>
internal sealed partial class PromptWords
{
    private const string Table = "text_model.embeddings.token_embedding.weight";

    private readonly IReadOnlyList<WordVectors> _words;
    private readonly Dictionary<string, int[]> _rows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Regex? _pattern;

    /// <summary>These words.</summary>
    /// <param name="firstRow">rows of the table without them</param>
    /// <param name="words">the words</param>
    /// <exception cref="InputException">two of them have one name</exception>
    public PromptWords(int firstRow, IReadOnlyList<WordVectors> words)
    {
        _words = words;
        FirstRow = firstRow;
        foreach (var word in words)
        {
            foreach (string name in word.Names)
            {
                if (_rows.TryAdd(name, [.. Enumerable.Range(firstRow + Count, word.Count)])) continue;
                throw new InputException(
                    InputCode.Conflict,
                    $"{word.Origin}: its word {InputText.Quote(name)} is another embedding's too: give it one with FILE:WORD");
            }

            Count += word.Count;
        }

        if (_rows.Count == 0) return;
        string names = string.Join('|', _rows.Keys.OrderByDescending(name => name.Length).ThenBy(name => name).Select(Alone));
        _pattern = new Regex(
            $@"(?<lead>(?<![\w])embedding:(?:[\w.-]+[/\\])*)?(?<word>{names})(?(lead)(?:\.(?:safetensors|pt|bin)(?!\w))?)",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>No words.</summary>
    public static PromptWords None { get; } = new(0, []);

    /// <summary>Rows of the table without them.</summary>
    public int FirstRow { get; }

    /// <summary>Rows that they add.</summary>
    public int Count { get; }

    /// <summary>The parts of a text, in order; letters stay as they are.</summary>
    public IEnumerable<PromptPart> Split(string text)
    {
        int at = 0;
        for (var match = _pattern?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            if (match.Index > at) yield return new PromptPart(text[at..match.Index], []);
            yield return new PromptPart("", _rows[match.Groups["word"].Value]);
            at = match.Index + match.Length;
        }

        if (at < text.Length) yield return new PromptPart(text[at..], []);
    }

    /// <summary>The first names of those that stand in none of these texts.</summary>
    public IEnumerable<(string Name, string Origin)> NotIn(IEnumerable<string> texts)
    {
        var used = texts.SelectMany(text => Split(text)).SelectMany(part => part.Rows).ToHashSet();
        return _words.Where(word => !used.Contains(_rows[word.Names[0]][0])).Select(word => (word.Names[0], word.Origin));
    }

    /// <summary>A text encoder whose table has their rows.</summary>
    /// <param name="config">its sizes</param>
    /// <param name="weights">its tensors</param>
    public (ClipConfig Config, IWeightFile Weights) Extend(ClipConfig config, IWeightFile weights)
    {
        if (Count == 0) return (config, weights);
        float[] rows = [.. _words.SelectMany(word => word.Values)];
        return (config with { VocabularySize = config.VocabularySize + Count }, new ExtendedTable(weights, Table, rows));
    }

    /// <summary>The word, not within a longer one.</summary>
    private static string Alone(string name)
    {
        string before = IsWord(name[0]) ? @"(?<!\w)" : "", behind = IsWord(name[^1]) ? @"(?!\w)" : "";
        return $"{before}{Regex.Escape(name)}{behind}";

        static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
    }
}
