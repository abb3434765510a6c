using System.IO.Compression;
using System.Text;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>OpenAI's list of merges, and vocabularies in all other forms, told by what they hold.</summary>
public sealed class OpenAiVocabularyTests : IDisposable
{
    private const string Prompt = "a red balloon in the snow, 8k";

    private static readonly ClipTokenizerFiles Made = FormulaVocabulary.Make(1000);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bpe_simple_vocab_16e6.txt.gz")]
    [InlineData("bpe_simple_vocab_16e6.txt")]
    [InlineData("renamed")]
    public void The_ids_follow_from_the_order_of_the_merges(string name)
    {
        byte[] text = Text(Made.Merges);
        string path = _folder.Write(name, name.EndsWith(".txt", StringComparison.Ordinal) ? text : Packed(text));
        var read = TokenizerFiles.Read(path);
        Assert.Equal(Made.Vocabulary.OrderBy(pair => pair.Value), read.Vocabulary.OrderBy(pair => pair.Value));
        Assert.Equal(Made.Merges, read.Merges);
        Assert.Equal(new ClipTokenizer(Made).Words(Prompt), new ClipTokenizer(read).Words(Prompt));
        if (name != "renamed") Assert.Equal(1000, new ClipTokenizer(TokenizerFiles.Read(_folder.Path)).VocabularySize);
    }

    /// <summary>The published file has 262,145 lines, of which CLIP takes those up to token 49,407.</summary>
    [Fact]
    public void Of_a_longer_list_the_first_48894_count()
    {
        string[] all = [.. FormulaVocabulary.Make(52_000).Merges];
        new Random(7).Shuffle(all);
        byte[] text = Text(all);
        string path = _folder.Write("x.gz", Packed(text));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var read = TokenizerFiles.Read(path);
        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - before, 0, (InputLimits.OpeningFactor * (long)text.Length) + InputLimits.OpeningBytes);
        Assert.Equal((48_894, 49_408, 49_406, 49_407),
            (read.Merges.Count, read.Vocabulary.Count, read.Vocabulary[ClipTokenizer.Begin], read.Vocabulary[ClipTokenizer.End]));
        string first = all[0].Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal((0, 256, 512), (read.Vocabulary["!"], read.Vocabulary["!</w>"], read.Vocabulary[first]));
    }

    [Fact]
    public void A_bomb_is_not_unpacked()
    {
        byte[] bomb = Packed(new byte[64 << 20]);
        string path = _folder.Write("x.gz", bomb);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => TokenizerFiles.Read(path)).Code);
        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - before, 0, (InputLimits.OpeningFactor * (long)bomb.Length) + InputLimits.OpeningBytes);
    }

    [Theory]
    [InlineData("cut off", InputCode.Damaged)]
    [InlineData("one byte changed", InputCode.Damaged)]
    [InlineData("two bytes", InputCode.Damaged)]
    [InlineData("a line of one word", InputCode.Damaged)]
    [InlineData("a line twice", InputCode.Damaged)]
    [InlineData("no lines", InputCode.Damaged)]
    [InlineData("a merge of what is not there", InputCode.Mismatch)]
    [InlineData("no text", InputCode.Damaged)]
    [InlineData("a picture", InputCode.WrongKind)]
    [InlineData("nothing", InputCode.WrongKind)]
    public void What_is_none_is_told(string how, InputCode code)
    {
        byte[] packed = Packed(Text(Made.Merges));
        byte[] content = how switch
        {
            "cut off" => packed[..^200],
            "one byte changed" => [.. packed[..300], (byte)(packed[300] ^ 0x55), .. packed[301..]],
            "two bytes" => packed[..2],
            "a line of one word" => Packed(Text(["a b", "word"])),
            "a line twice" => Packed(Text(["a b", "a b"])),
            "no lines" => Packed(Text([])),
            "a merge of what is not there" => Packed(Text(["xx yy"])),
            "no text" => Packed([0xFF, 0xFE, 0xFF]),
            "a picture" => [0x89, .. "PNG\r\n\u001a\n..."u8],
            _ => [],
        };
        string path = _folder.Write("v.txt.gz", content);
        var e = Assert.Throws<InputException>(() => new ClipTokenizer(TokenizerFiles.Read(path)));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Equal(code, e.Code);
    }

    [Theory]
    [InlineData("vocab.json", "merges.txt", "vocab.json")]
    [InlineData("vocab.json", "merges.txt", "merges.txt")]
    [InlineData("clip-vocab.json", "clip-merges.txt", "clip-vocab.json")]
    [InlineData("clip-vocab.json", "clip-merges.txt", "clip-merges.txt")]
    [InlineData("tokenizer/vocab.json", "tokenizer/merges.txt", "")]
    [InlineData("vocab.json", "merges.txt", "")]
    public void Two_files_are_one_vocabulary_whichever_is_named(string vocabulary, string merges, string given)
    {
        using var made = new TemporaryFolder();
        Made.Write(made.Path);
        _folder.Write(vocabulary, File.ReadAllBytes(made["vocab.json"]));
        _folder.Write(merges, File.ReadAllBytes(made["merges.txt"]));
        var read = TokenizerFiles.Read(Path.Combine(_folder.Path, given));
        Assert.Equal(Made.Vocabulary, read.Vocabulary);
        Assert.Equal(Made.Merges, read.Merges);
    }

    [Fact]
    public void A_vocabulary_without_merges_is_incomplete_and_merges_alone_suffice()
    {
        using var made = new TemporaryFolder();
        Made.Write(made.Path);
        string alone = _folder.Write("vocab.json", File.ReadAllBytes(made["vocab.json"]));
        Assert.Equal(InputCode.Incomplete, Assert.Throws<InputException>(() => TokenizerFiles.Read(alone)).Code);
        File.Delete(alone);
        Assert.Equal(Made.Vocabulary, TokenizerFiles.Read(_folder.Write("merges.txt", File.ReadAllBytes(made["merges.txt"]))).Vocabulary);
    }

    [Fact]
    public void Json_without_the_words_of_a_vocabulary_is_not_asked_for_its_merges()
    {
        string config = Path.Combine(_folder.Path, "config.json");
        File.WriteAllText(config, """{ "_class_name": "UNet2DConditionModel", "in_channels": 4 }""");
        var e = Assert.Throws<InputException>(() => TokenizerFiles.Read(config));
        Assert.Equal(InputCode.WrongKind, e.Code);
        Assert.DoesNotContain("without its merges", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("clip.json")]
    public void A_file_that_holds_both_is_told_by_its_merges(string name)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(new { model = new { vocab = Made.Vocabulary, merges = Made.Merges } });
        Assert.Equal(Made.Merges, TokenizerFiles.Read(_folder.Write(name, Encoding.UTF8.GetBytes(json))).Merges);
    }

    private static byte[] Text(IEnumerable<string> merges) =>
        Encoding.UTF8.GetBytes($"\"bpe_simple_vocab_16e6.txt#version: 0.2\n{string.Concat(merges.Select(merge => $"{merge}\n"))}");

    private static byte[] Packed(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(text);
        return packed.ToArray();
    }
}
