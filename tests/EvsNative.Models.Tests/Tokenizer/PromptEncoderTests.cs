using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

public sealed class PromptEncoderTests : IDisposable
{
    private static readonly ClipConfig Small = new(HiddenSize: 32, Layers: 3, Heads: 4, IntermediateSize: 64, VocabularySize: 604);

    private readonly Device _d = Device.Open();
    private readonly FormulaWeights _weights = new();
    private readonly ClipTokenizer _tokenizer = ClipTokenizer.FromFolder(Repository.File("weights", "evs-tiny", "tokenizer"));

    public void Dispose() => _d.Dispose();

    [Fact]
    public void Clip_skip_is_for_the_prompt_alone()
    {
        var encoder = Encoder(Small);
        var (all, skipped) = (encoder.Encode(_d, "a kite", "a kite"), encoder.Encode(_d, "a kite", "a kite", clipSkip: 1));
        Assert.Equal(Numbers(all.Positive), Numbers(all.Negative));
        Assert.Equal(Numbers(all.Negative), Numbers(skipped.Negative));
        Assert.True(Relative.Error(Numbers(skipped.Positive), Numbers(all.Positive)) > 0.01);
    }

    /// <summary>To the bit: what has no syntax is what the text encoder makes of its words, padded to 77.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a red balloon, rising over the sea :)")]
    [InlineData("(a) balloon", 1.1f, 1)]
    public void A_prompt_without_syntax_is_the_encoders_own(string prompt, float weight = 1, int weighted = 0)
    {
        var model = new ClipTextEncoder(new WeightStore(_d, _weights).Root, Small);
        int[] words = [_tokenizer.BeginId, .. _tokenizer.Words(prompt.Replace("(a)", "a", StringComparison.Ordinal))];
        int[] ids = [.. words, .. Enumerable.Repeat(_tokenizer.EndId, 77 - words.Length)];
        float[] plain = _d.Download(model.Forward(_d, ids)), got = Numbers(Encoder(Small).Encode(_d, prompt, "").Positive);
        if (weighted == 0) Assert.Equal(plain, got);
        else Assert.InRange(got[32] / plain[32] / (got[0] / plain[0]), weight - 1e-5, weight + 1e-5);
    }

    [Fact]
    public void Prompts_have_chunks_of_their_own()
    {
        var text = Encoder(Small).Encode(_d, "a kite BREAK a balloon", "short");
        Assert.Equal(new Shape(1, 1, 154, 32), text.Positive.Runs[0].Words.Shape);
        Assert.Equal(new Shape(1, 1, 77, 32), text.Negative.Runs[0].Words.Shape);
        float[] both = Numbers(text.Positive), first = Numbers(Encoder(Small).Encode(_d, "a kite", "").Positive);
        Assert.Equal(first, both[..first.Length]);
        Assert.Equal(Numbers(Encoder(Small).Encode(_d, "a balloon", "").Positive), both[first.Length..]);
    }

    [Fact]
    public void What_is_cut_off_is_told()
    {
        var warnings = new List<Notice>();
        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        var encoder = new PromptEncoder(_tokenizer, new ClipTextEncoder(new WeightStore(dry, _weights).Root, Small));
        var text = encoder.Encode(dry, string.Concat(Enumerable.Repeat("kite ", 3000)), "short", warnings: warnings.Add);
        Assert.Equal(77 * 32, text.Positive.Runs[0].Words.Shape.W);
        var cut = Assert.Single(warnings);
        Assert.Equal(NoticeCode.PromptCut, cut.Code);
        Assert.Matches("^the prompt has [0-9]+ tokens, 32 chunks of 75 are read: the last [0-9]+ tokens are left out$", cut.Message);
    }

    [Fact]
    public void Each_range_of_frames_has_its_text_and_each_text_is_encoded_once()
    {
        var prompts = PromptFile.Parse("0-1: a kite\n2: a (red:1.2) balloon BREAK a\n3-: a kite\n1-2 negative: blue"u8, "p.txt");
        var text = Encoder(Small).Encode(_d, prompts, "red", frames: 5);
        Assert.Equal([2, 1, 2], text.Positive.Runs.Select(run => run.Images));
        Assert.Equal([1, 2, 2], text.Negative.Runs.Select(run => run.Images));
        Assert.Equal(text.Positive.Runs[0].Words.Offset, text.Positive.Runs[2].Words.Offset);
        Assert.Equal([77, 154, 77], text.Positive.Runs.Select(run => run.Words.Shape.W));
        Assert.Equal(Numbers(Encoder(Small).Encode(_d, "a kite", "").Positive), _d.Download(text.Positive.Runs[0].Words));
        Assert.Equal(Numbers(Encoder(Small).Encode(_d, "blue", "").Positive), _d.Download(text.Negative.Runs[1].Words));
        Assert.Equal(InputCode.OutOfRange, Assert.Throws<InputException>(() => Encoder(Small).Encode(_d, prompts, "", frames: 3)).Code);
    }

    [Fact]
    public void A_notice_names_the_range()
    {
        var warnings = new List<Notice>();
        Encoder(Small).Encode(_d, PromptFile.Parse("0-1: a\n2-: [a|b]\n"u8, "p.txt"), "[c|d]", frames: 4, warnings: warnings.Add);
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("the prompt of frames 2- has alternation '[a|b]'", warnings[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("the negative prompt has alternation '[c|d]'", warnings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizer_and_encoder_of_different_models_are_refused()
    {
        var e = Assert.Throws<InputException>(() => Encoder(Small with { VocabularySize = 603 }).Encode(_d, "a", ""));
        Assert.Equal(InputCode.Mismatch, e.Code);
        Assert.Equal("the tokenizer has 604 tokens, the text encoder 603: they are of different models", e.Message);
    }

    private float[] Numbers(TextContext text) => _d.Download(Assert.Single(text.Runs).Words);

    private PromptEncoder Encoder(ClipConfig config) => new(_tokenizer, new ClipTextEncoder(new WeightStore(_d, _weights).Root, config));
}
