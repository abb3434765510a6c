namespace EvsNative.Models;

/// <summary>Turns prompts into token ids.</summary>
internal interface IPromptTokenizer
{
    /// <summary>Rows that the text encoder's table of embeddings must have.</summary>
    int VocabularySize { get; }

    /// <summary>The ids of a prompt; the empty prompt has ids too.</summary>
    ClipTokens Encode(string prompt);
}
