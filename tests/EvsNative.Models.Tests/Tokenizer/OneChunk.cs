namespace EvsNative.Models.Tests;

/// <summary>A prompt without weights as the text encoder reads it.</summary>
internal static class OneChunk
{
    /// <summary>The ids of a prompt's first chunk: begin, the words', end, and end again up to 77.</summary>
    public static PromptChunk Encode(this IPromptTokenizer tokenizer, string prompt) =>
        PromptChunks.Of(new PromptText([new PromptPiece(prompt)], [], []), tokenizer, PromptWords.None).All[0];
}
