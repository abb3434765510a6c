using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>From words to what the networks attend to.</summary>
/// <param name="tokenizer">words to ids</param>
/// <param name="encoder">ids to vectors</param>
/// <param name="words">textual inversions, whose vectors are rows of the encoder's table</param>
internal sealed class PromptEncoder(IPromptTokenizer tokenizer, ClipTextEncoder encoder, PromptWords? words = null)
{
    private readonly PromptWords _words = words ?? PromptWords.None;

    /// <summary>
    /// Encodes prompts and negative prompts, each text once; the tensors [1,1,77 chunks,T] are rented. Clip skip applies to the prompts
    /// alone, as in diffusers: negative prompts always go through all layers.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="prompts">what to show</param>
    /// <param name="negative">what not to show, may be empty</param>
    /// <param name="frames">frames of the clip; of no matter where one prompt is for all</param>
    /// <param name="clipSkip">layers left out at the end; 1 is what other programs call "clip skip 2"</param>
    /// <param name="warnings">told what was cut off, and what means something to other programs only</param>
    /// <exception cref="InputException">
    /// the vocabulary is larger than the encoder's, no layer would be left, or the prompts' ranges are not the clip's
    /// </exception>
    public TextConditions Encode(
        Device d, ClipPrompts prompts, string negative, int frames = 1, int clipSkip = 0, Action<Notice>? warnings = null)
    {
        int known = tokenizer.VocabularySize, most = encoder.Config.VocabularySize - _words.Count;
        if (known > most)
        {
            throw new InputException(
                InputCode.Mismatch, $"the tokenizer has {known} tokens, the text encoder {most}: they are of different models");
        }

        var (show, avoid) = (prompts.Over(frames), prompts.NegativesOver(frames, negative));
        foreach (var notice in PromptNotices.Unwritten(show.Concat(avoid).Select(run => run.Prompt.Text), _words)) warnings?.Invoke(notice);
        return new TextConditions(
            Encode(d, show, "the prompt", clipSkip, warnings), Encode(d, avoid, "the negative prompt", 0, warnings));
    }

    private TextContext Encode(
        Device d, IReadOnlyList<(FramePrompt Prompt, int Frames)> runs, string which, int clipSkip, Action<Notice>? warnings)
    {
        var made = new Dictionary<string, Tensor>();
        foreach (var (prompt, _) in runs)
        {
            string name = prompt.Origin is null ? which : $"{which} of frames {prompt.Range}";
            if (!made.ContainsKey(prompt.Text)) made[prompt.Text] = Encode(d, prompt.Text, name, clipSkip, warnings);
        }

        if (made.Count == 1) return made.Values.First();
        return new TextContext([.. runs.Select(run => new TextRun(made[run.Prompt.Text], run.Frames))]);
    }

    /// <summary>[1,1,77 chunks,T], rented.</summary>
    private Tensor Encode(Device d, string text, string which, int clipSkip, Action<Notice>? warnings)
    {
        var prompt = PromptText.Parse(text);
        foreach (var notice in PromptNotices.Of(which, prompt, _words)) warnings?.Invoke(notice);
        var chunks = PromptChunks.Of(prompt, tokenizer, _words);
        if (chunks.Cut > 0) warnings?.Invoke(new Notice(NoticeCode.PromptCut, Cut(which, chunks)));

        int width = encoder.Config.HiddenSize, count = chunks.All.Count;
        var y = d.Rent(new Shape(count, 1, tokenizer.Length, width));
        for (int i = 0; i < count; i++)
        {
            var z = y.Images(i, 1);
            encoder.Forward(d, chunks.All[i].Ids, clipSkip, into: z);
            PromptWeights.Apply(d, z, chunks.All[i].Weights);
        }

        return y.As(new Shape(1, 1, count * tokenizer.Length, width));
    }

    private static string Cut(string which, PromptChunks chunks) =>
        $"{which} has {chunks.Tokens} tokens, {PromptChunks.Most} chunks of 75 are read: the last {chunks.Cut} tokens are left out";
}
