using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What the networks are told to show and to avoid.</summary>
/// <param name="Positive">[1,1,77 chunks,T], the prompt's words; a text for each run of frames where there are several prompts</param>
/// <param name="Negative">the negative prompt's, with chunks of its own; an empty prompt has words too</param>
public readonly record struct TextConditions(TextContext Positive, TextContext Negative);
