namespace EvsNative.Models;

/// <summary>A textual inversion that was asked for: a new word for prompts.</summary>
/// <param name="Path">a file, or what a hub's cache knows by this name</param>
/// <param name="Word">the word in prompts; the file's name without its ending if absent</param>
public sealed record EmbeddingChoice(string Path, string? Word = null);
