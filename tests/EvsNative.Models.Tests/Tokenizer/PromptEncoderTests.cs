using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

public sealed class PromptEncoderTests : IDisposable
{
    private static readonly ClipConfig Small = new(HiddenSize: 32, Layers: 3, Heads: 4, IntermediateSize: 64, VocabularySize: 604);

    private readonly Device _d = Device.Open();
    private readonly FormulaWeights _weights = new();

    public void Dispose() => _d.Dispose();

    [Fact]
    public void Clip_skip_is_for_the_prompt_alone()
    {
        var encoder = Encoder(Small);
        var (all, skipped) = (encoder.Encode(_d, "a kite", "a kite"), encoder.Encode(_d, "a kite", "a kite", clipSkip: 1));
        Assert.Equal(_d.Download(all.Positive), _d.Download(all.Negative));
        Assert.Equal(_d.Download(all.Negative), _d.Download(skipped.Negative));
        Assert.True(Relative.Error(_d.Download(skipped.Positive), _d.Download(all.Positive)) > 0.01);
    }

    [Fact]
    public void What_is_cut_off_is_told()
    {
        var warnings = new List<Notice>();
        Encoder(Small).Encode(_d, string.Concat(Enumerable.Repeat("kite ", 80)), "short", warnings: warnings.Add);
        Assert.Contains("left out", Assert.Single(warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizer_and_encoder_of_different_models_are_refused()
    {
        var e = Assert.Throws<InputException>(() => Encoder(Small with { VocabularySize = 603 }).Encode(_d, "a", ""));
        Assert.Equal(InputCode.Mismatch, e.Code);
        Assert.Equal("the tokenizer has 604 tokens, the text encoder 603: they are of different models", e.Message);
    }

    private PromptEncoder Encoder(ClipConfig config)
    {
        var tokenizer = ClipTokenizer.FromFolder(Repository.File("weights", "evs-tiny", "tokenizer"));
        return new(tokenizer, new ClipTextEncoder(new WeightStore(_d, _weights).Root, config));
    }
}
