namespace EvsNative.Models;

/// <summary>Words of a prompt with one weight, or the end of a chunk.</summary>
/// <param name="Text">the words, brackets and escapes taken out; null for a BREAK</param>
/// <param name="Weight">factor of what the text encoder says of them</param>
internal readonly record struct PromptPiece(string? Text, double Weight = 1)
{
    /// <summary>The end of a chunk.</summary>
    public static PromptPiece Break { get; } = new(null);
}
