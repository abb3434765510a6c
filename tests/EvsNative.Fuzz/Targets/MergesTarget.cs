using System.IO.Compression;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>OpenAI's list of merges, packed or not, and prompts through what it makes.</summary>
internal sealed class MergesTarget() : FuzzTarget("merges", "bpe_simple_vocab_16e6.txt.gz, packed and not", 1000)
{
    private const string File = "bpe_simple_vocab_16e6.txt.gz";
    private static readonly byte[] Text = SmallModel.Of("tokenizer/merges.txt"), Packed = Pack(Text);

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, [Text, Packed]);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => dice.Below(4) switch
    {
        0 => [new(File, TextMutation.Change(dice, Text))],
        1 => [new(File, Pack(TextMutation.Change(dice, Text)))],
        2 => [new(File, Pack(new byte[1 << dice.Below(22)]))],
        _ => [new(File, ByteMutation.Change(dice, Packed))],
    };

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        var tokenizer = new ClipTokenizer(TokenizerFiles.Read(folder));
        foreach (string prompt in TextSeeds.Prompts) PromptTarget.Check(tokenizer, prompt);
    }

    private static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(text);
        return packed.ToArray();
    }
}
