using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>Vocabularies that break a rule: one line when the model is opened, not an error where an id is used.</summary>
public sealed class VocabularyRulesTests
{
    private static readonly string Folder = Repository.File("weights", "evs-tiny", "tokenizer");
    private static readonly ClipTokenizerFiles Tiny = ClipTokenizerFiles.Read(Folder);

    [Theory]
    [InlineData("1")]
    [InlineData("-5")]
    [InlineData("-2147483648")]
    [InlineData("2147483647")]
    [InlineData("1048576")]
    [InlineData("2147483648")]
    [InlineData("1e999")]
    [InlineData("0.5")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"7\"")]
    [InlineData("[7]")]
    [InlineData("{}")]
    public void An_id_that_is_none_is_refused(string id)
    {
        string token = Tiny.Vocabulary.First(pair => pair.Value == 0).Key;
        string vocabulary = JsonSerializer.Serialize(Tiny.Vocabulary.Where(pair => pair.Value != 0).ToDictionary());
        Refused(vocabulary.Insert(1, $"{JsonSerializer.Serialize(token)}: {id}, "), Merges(), InputText.Quote(token));
    }

    [Theory]
    [InlineData("o v\no v", "merge 'o v' stands twice")]
    [InlineData("o  v", "is not a pair")]
    [InlineData(" v", "is not a pair")]
    [InlineData("o ", "is not a pair")]
    [InlineData("ov ov", "lacks 'ovov'")]
    [InlineData("zz y", "lacks 'zz'")]
    [InlineData("", "0 merges")]
    [InlineData("#version: 0.2\n\n", "0 merges")]
    [InlineData("\u001b[31m x", "lacks '?[31m'")]
    public void A_merge_that_is_none_is_refused(string merges, string named) => Refused(Vocabulary(), merges, named);

    [Fact]
    public void A_token_without_letters_is_refused() => Refused(Vocabulary().Insert(1, "\"\": 604, "), Merges(), "a token without letters");

    [Fact]
    public void A_word_of_half_a_surrogate_is_refused() =>
        Refused(Vocabulary().Insert(1, "\"\\ud800\": 604, "), Merges(), "not valid Unicode");

    [Fact]
    public void Ids_may_leave_some_out()
    {
        string token = Tiny.Vocabulary.First(pair => pair.Value == 7).Key;
        var moved = new Dictionary<string, int>(Tiny.Vocabulary) { [token] = InputLimits.Tokens - 1 };
        Assert.Equal(InputLimits.Tokens, new ClipTokenizer(Tiny with { Vocabulary = moved }).VocabularySize);
    }

    [Theory]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a", -1.5]]}}""", "a tokenizer of type 'Unigram'", InputCode.WrongKind)]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 1}}}""", "a tokenizer of type 'WordPiece'", InputCode.WrongKind)]
    [InlineData("""{"model": {"type": "BPE", "end_of_word_suffix": "@@"}}""", "words end with '@@'", InputCode.WrongKind)]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}}""", "lacks '<|startoftext|>'", InputCode.Mismatch)]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": [["a"]]}}""", "merge [\"a\"] is not a pair", InputCode.Damaged)]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": [[1, 2]]}}""", "merge [1, 2] is not a pair", InputCode.Damaged)]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": [7]}}""", "merge 7 is not a pair", InputCode.Damaged)]
    [InlineData("""{"model": {"type": "BPE", "vocab": [], "merges": []}}""", "not a JSON object", InputCode.Damaged)]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}}}""", "no list of merges", InputCode.Damaged)]
    [InlineData("""{"model": {"type": "BPE", "merges": []}}""", "no vocabulary", InputCode.Damaged)]
    [InlineData("""{"model": []}""", "it has no model", InputCode.Damaged)]
    [InlineData("""[]""", "it has no model", InputCode.Damaged)]
    [InlineData("""{"added_tokens": []}""", "it has no model", InputCode.Damaged)]
    public void A_tokenizer_of_another_kind_is_named(string json, string named, InputCode code)
    {
        var e = Assert.Throws<InputException>(() => new ClipTokenizer(ClipTokenizerFiles.ParseJoined(json, "m/tokenizer.json")));
        Assert.StartsWith("m/tokenizer.json: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Equal(code, e.Code);
    }

    [Theory]
    [InlineData(new[] { "tokenizer.json" }, "")]
    [InlineData(new[] { "bpe_simple_vocab_16e6.txt" }, "")]
    [InlineData(new[] { "vocab.json", "merges.txt" }, "")]
    [InlineData(new[] { "vocab.json", "tokenizer.json" }, "")]
    [InlineData(new[] { "vocab.json" }, "merges.txt")]
    [InlineData(new[] { "merges.txt" }, "vocab.json")]
    [InlineData(new string[0], "vocab.json merges.txt")]
    public void A_folder_needs_both_files_or_the_one_that_holds_both(string[] there, string missing)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in there)
        {
            string origin = name.StartsWith("bpe", StringComparison.Ordinal) ? "merges.txt" : name;
            folder.Write(name, name == "tokenizer.json" ? Joined() : File.ReadAllBytes(Path.Combine(Folder, origin)));
        }

        Assert.Equal(missing, string.Join(' ', ClipTokenizerFiles.Missing(folder.Path)));
        if (missing.Length == 0) Assert.Equal(604, ClipTokenizer.FromFolder(folder.Path).VocabularySize);
        else Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => ClipTokenizer.FromFolder(folder.Path)).Code);
    }

    [Fact]
    public void Begin_and_end_may_stand_apart_from_the_vocabulary()
    {
        string[] specials = [ClipTokenizer.Begin, ClipTokenizer.End];
        string json = JsonSerializer.Serialize(new
        {
            model = new { vocab = Tiny.Vocabulary.ExceptBy(specials, pair => pair.Key).ToDictionary(), merges = Tiny.Merges },
            added_tokens = specials.Select(token => new { id = Tiny.Vocabulary[token], content = token }),
        });
        int[] ids = new ClipTokenizer(ClipTokenizerFiles.ParseJoined(json, "x")).Encode("a red balloon").Ids;
        Assert.Equal(new ClipTokenizer(Tiny).Encode("a red balloon").Ids, ids);
    }

    /// <summary>Files of many short words, right and wrong: what the tokenizer makes of them stays within the stated multiple.</summary>
    [Fact]
    public void Opening_allocates_no_more_than_the_stated_multiple_of_the_files()
    {
        using var folder = new TemporaryFolder();
        char[] letters = [.. ClipTokenizerFiles.ByteSymbols().Order()];
        var ids = new Dictionary<string, int>(Tiny.Vocabulary);
        var merges = new List<string>(Tiny.Merges);
        foreach (char a in letters)
        {
            foreach (char b in letters)
            {
                if (ids.TryAdd($"{a}{b}", ids.Count)) merges.Add($"{a} {b}");
            }
        }

        (Tiny with { Vocabulary = ids, Merges = merges }).Write(folder.Path);
        ClipTokenizer.FromFolder(folder.Path);
        Check();
        File.WriteAllText(folder["merges.txt"], string.Concat(Enumerable.Repeat("x\n", 500_000)));
        Check();

        void Check()
        {
            long length = Directory.GetFiles(folder.Path).Sum(file => new FileInfo(file).Length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ClipTokenizer.FromFolder(folder.Path);
            }
            catch (InputException e)
            {
                Assert.Contains("is not a pair", e.Message, StringComparison.Ordinal);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(allocated, 0, (InputLimits.OpeningFactor * length) + InputLimits.OpeningBytes);
        }
    }

    private static string Vocabulary() => JsonSerializer.Serialize(Tiny.Vocabulary);

    private static string Merges() => string.Join('\n', Tiny.Merges);

    private static byte[] Joined() =>
        JsonSerializer.SerializeToUtf8Bytes(new { model = new { type = "BPE", vocab = Tiny.Vocabulary, merges = Tiny.Merges } });

    private static void Refused(string vocabulary, string merges, string named)
    {
        var e = Assert.Throws<InputException>(() => new ClipTokenizer(ClipTokenizerFiles.Parse(vocabulary, merges, "m/tokenizer")));
        Assert.StartsWith("m/tokenizer: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.True(e.Message.Length <= 300, e.Message);
    }
}
