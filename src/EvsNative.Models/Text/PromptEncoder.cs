using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>From words to what the networks attend to.</summary>
/// <param name="tokenizer">words to ids</param>
/// <param name="encoder">ids to vectors</param>
internal sealed class PromptEncoder(IPromptTokenizer tokenizer, ClipTextEncoder encoder)
{
    /// <summary>
    /// Encodes a prompt and a negative prompt; both tensors [1,1,77,T] are rented. Clip skip applies to the prompt alone, as in diffusers:
    /// the negative prompt always goes through all layers.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="prompt">what to show</param>
    /// <param name="negative">what not to show, may be empty</param>
    /// <param name="clipSkip">layers left out at the end; 1 is what other programs call "clip skip 2"</param>
    /// <param name="warnings">told what was cut off, and what means something to other programs only</param>
    /// <exception cref="InputException">the vocabulary is larger than the encoder's, or no layer would be left</exception>
    public TextConditions Encode(Device d, string prompt, string negative, int clipSkip = 0, Action<Notice>? warnings = null)
    {
        int known = tokenizer.VocabularySize, most = encoder.Config.VocabularySize;
        if (known > most)
        {
            throw new InputException(
                InputCode.Mismatch, $"the tokenizer has {known} tokens, the text encoder {most}: they are of different models");
        }

        foreach (var notice in PromptSyntax.Notices(prompt, negative)) warnings?.Invoke(notice);
        return new TextConditions(Encode(d, prompt, clipSkip, warnings), Encode(d, negative, 0, warnings));
    }

    private Tensor Encode(Device d, string words, int clipSkip, Action<Notice>? warnings)
    {
        var tokens = tokenizer.Encode(words);
        foreach (var notice in tokens.Notices) warnings?.Invoke(notice);
        return encoder.Forward(d, tokens.Ids, clipSkip);
    }
}
