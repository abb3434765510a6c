namespace EvsNative.Models;

/// <summary>Turns words into token ids.</summary>
internal interface IPromptTokenizer
{
    /// <summary>Rows that the text encoder's table of embeddings must have.</summary>
    int VocabularySize { get; }

    /// <summary>The id that begins a text.</summary>
    int BeginId { get; }

    /// <summary>The id that ends a text, and fills up what is short.</summary>
    int EndId { get; }

    /// <summary>Ids that the text encoder reads at once, begin and end included: 77.</summary>
    int Length { get; }

    /// <summary>The ids of words alone, all of them.</summary>
    IReadOnlyList<int> Words(string text);
}
