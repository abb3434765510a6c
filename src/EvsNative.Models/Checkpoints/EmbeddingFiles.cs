using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The textual inversions of a run: read, held to the text encoder's width, and added to its table.</summary>
internal sealed class EmbeddingFiles
{
    private EmbeddingFiles(PromptWords words, IReadOnlyList<Notice> notices) => (Words, Notices) = (words, notices);

    /// <summary>No textual inversions.</summary>
    public static EmbeddingFiles None { get; } = new(PromptWords.None, []);

    /// <summary>The words that they bring.</summary>
    public PromptWords Words { get; }

    /// <summary>What was assumed or left out, a line each.</summary>
    public IReadOnlyList<Notice> Notices { get; }

    /// <summary>Reads files.</summary>
    /// <param name="choices">what was asked for</param>
    /// <param name="config">sizes of the text encoder</param>
    /// <exception cref="InputException">a file is missing, of another kind or for another model, or two have one word</exception>
    public static EmbeddingFiles Read(IReadOnlyList<EmbeddingChoice> choices, ClipConfig config)
    {
        if (choices.Count == 0) return None;
        var notices = new List<Notice>();
        WordVectors[] words = [.. choices.SelectMany(choice => EmbeddingFile.Read(choice, config.HiddenSize, notices.Add))];
        return new EmbeddingFiles(new PromptWords(config.VocabularySize, words), notices);
    }

    /// <summary>The text encoder with their vectors in its table.</summary>
    public ModelPart<ClipConfig> Extend(ModelPart<ClipConfig> encoder)
    {
        if (Words.Count == 0) return encoder;
        var (config, weights) = Words.Extend(encoder.Config, encoder.Weights);
        return new ModelPart<ClipConfig>(ModelPartKind.TextEncoder, config, encoder.ConfigOrigin, weights, encoder.Facts);
    }
}
