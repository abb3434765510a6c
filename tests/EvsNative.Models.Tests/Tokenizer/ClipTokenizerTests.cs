using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>The byte-pair logic with the demo's vocabulary; expected ids were printed by weights/demo/tokenizer.py.</summary>
public sealed class ClipTokenizerTests
{
    private const int Begin = 602, End = 603;

    private static string Folder { get; } = Repository.File("weights", "evs-tiny", "tokenizer");

    private static ClipTokenizer Tiny { get; } = ClipTokenizer.FromFolder(Folder);

    [Theory]
    [InlineData("a red balloon rising over the sea at sunset", "320 576 564 571 516 536 537 523 540")]
    [InlineData("A BLUE Kite\tdrifting  over\nthe hills", "320 574 565 67 570 69 83 517 516 536 71 72 75 75 338")]
    [InlineData(
        "it's the café's naïve façade — 2024!",
        "72 339 6 338 536 596 69 127 358 6 338 77 64 127 107 85 324 69 64 127 100 64 67 324 158 222 498 273 271 273 275 256")]
    [InlineData(
        "don't we'll I'm they're you've he'd",
        "67 562 6 339 86 324 6 75 331 328 6 332 535 68 344 6 81 324 88 78 340 6 85 324 71 324 6 323")]
    [InlineData("日本語 テスト", "162 245 98 162 250 105 164 103 508 159 225 228 159 224 117 159 225 486")]
    [InlineData("rocket🚀 f/1.8 (red:1.3)", "81 78 66 74 68 339 172 253 248 478 325 270 272 269 279 263 576 281 272 269 274 264")]
    [InlineData(
        "Ünïcödé ßtraße ÅNGSTRÖM",
        "127 120 77 127 107 66 127 114 67 127 358 127 253 83 81 64 127 253 324 127 98 77 70 82 83 81 127 114 332")]
    [InlineData("Привет, мир!", "140 123 141 222 140 116 140 110 140 113 141 480 267 140 120 140 116 141 478 256")]
    [InlineData("한국어 서울 7", "169 243 250 166 113 255 168 244 368 168 226 250 168 248 372 278")]
    [InlineData("'sunset' ''s '", "6 338 539 262 6 262 338 262")]
    [InlineData("𝒂𝒃 𠮷野家", "172 251 240 224 172 251 240 481 172 254 106 115 165 229 236 161 106 370")]
    [InlineData("naïve—sea…sun set,moon", "77 64 127 107 85 324 158 222 498 537 158 222 355 82 84 333 514 339 267 76 78 562")]
    [InlineData("   ", "")]
    [InlineData("", "")]
    public void Words_become_the_ids_of_the_reference(string prompt, string ids) => Assert.Equal(ids, string.Join(' ', Tiny.Words(prompt)));

    [Theory]
    [InlineData("cafe\u0301", "caf\u00e9")]
    [InlineData("A\u030Angstro\u0308m", "\u00c5ngstr\u00f6m")]
    [InlineData("Vie\u0323\u0302t", "Vi\u1ec7t")]
    [InlineData("\u30AB\u3099", "\u30AC")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\u0418\u0306", "\u0439")]
    public void Letters_typed_apart_from_their_marks_are_the_same_letters(string apart, string joined) =>
        Assert.Equal(Tiny.Words(joined), Tiny.Words(apart));

    [Fact]
    public void Lower_case_goes_letter_by_letter()
    {
        Assert.Equal(Tiny.Words("σασ"), Tiny.Words("ΣΑΣ"));
        Assert.Equal(Tiny.Words("i\u0307stanbul"), Tiny.Words("\u0130stanbul"));
    }

    [Fact]
    public void Numerals_stand_alone_and_other_signs_in_runs()
    {
        Assert.Equal(Tiny.Words("2 0 2 4"), Tiny.Words("2024"));
        Assert.Equal(4, Tiny.Words("Ⅷ½³7").Count(id => id >= 256 && id < 512));
        Assert.Single(Tiny.Words("_-~!"), id => id is >= 256 and < 512);
    }

    [Fact]
    public void Special_words_in_a_prompt_are_special() =>
        Assert.Equal([320, End, 320, Begin], Tiny.Words("a <|endoftext|> a<|startoftext|>"));

    [Fact]
    public void Half_a_surrogate_is_a_replacement_character() =>
        Assert.Equal(Tiny.Words("a\ufffdb"), Tiny.Words("a\ud83db"));

    [Fact]
    public void A_prompt_is_framed_and_padded_with_end()
    {
        var tokens = Tiny.Encode("a balloon");
        Assert.Equal(77, tokens.Ids.Length);
        Assert.Equal([Begin, 320, 564, End], tokens.Ids[..4]);
        Assert.All(tokens.Ids[3..], id => Assert.Equal(End, id));
        Assert.Equal([Begin, .. Enumerable.Repeat(End, 76)], Tiny.Encode("").Ids);
    }

    [Fact]
    public void A_chunk_has_75_tokens()
    {
        string prompt = string.Concat(Enumerable.Repeat("a balloon ", 50));
        var tokens = Tiny.Encode(prompt);
        Assert.Equal(Tiny.Words(prompt).Take(75), tokens.Ids[1..76]);
        Assert.Equal((77, Begin, End), (tokens.Ids.Length, tokens.Ids[0], tokens.Ids[76]));
        Assert.All(tokens.Weights, weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Ids_are_read_from_the_vocabulary_and_never_assumed()
    {
        var files = ClipTokenizerFiles.Read(Folder);
        var backwards = files.Vocabulary.ToDictionary(p => p.Key, p => 1000 - p.Value);
        var turned = new ClipTokenizer(files with { Vocabulary = backwards });
        Assert.Equal(Tiny.Words("a red balloon — 7").Select(id => 1000 - id), turned.Words("a red balloon — 7"));
        Assert.Equal(1000 - End, turned.Encode("a").Ids[^1]);
        Assert.Equal((604, 1001), (Tiny.VocabularySize, turned.VocabularySize));
    }

    [Theory]
    [InlineData("""["o", "v"]""")]
    [InlineData("\"o v\"")]
    public void The_joined_file_is_read_too(string firstMerge)
    {
        var files = ClipTokenizerFiles.Read(Folder);
        using var folder = new TemporaryFolder();
        string vocabulary = File.ReadAllText(Path.Combine(Folder, "vocab.json"));
        string merges = string.Join(',', files.Merges.Skip(1).Select(m => $"\"{m}\"").Prepend(firstMerge));
        File.WriteAllText(folder["tokenizer.json"], $$"""{"model": {"type": "BPE", "vocab": {{vocabulary}}, "merges": [{{merges}}] } }""");
        const string prompt = "a kite drifting over the sea";
        Assert.Equal(Tiny.Words(prompt), ClipTokenizer.FromFolder(folder.Path).Words(prompt));
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => ClipTokenizer.FromFolder(folder.Path)).Code);
    }

    [Theory]
    [InlineData("[1, 2]", "o v", "not a byte-pair vocabulary")]
    [InlineData("{\"a\": \"b\"}", "o v", "not a byte-pair vocabulary")]
    [InlineData("<html>", "o v", "vocab.json: not valid JSON near line 1")]
    [InlineData("{\"a\": 1}", "o v", "lacks '<|startoftext|>'")]
    [InlineData(null, "o v\nq z", "lacks 'qz'")]
    [InlineData(null, "ov", "not a pair")]
    [InlineData(null, "o v w", "not a pair")]
    public void Damaged_vocabularies_are_refused_in_one_line(string? vocabulary, string merges, string named)
    {
        vocabulary ??= File.ReadAllText(Path.Combine(Folder, "vocab.json"));
        var e = Assert.Throws<InputException>(() => new ClipTokenizer(ClipTokenizerFiles.Parse(vocabulary, merges, "model/tokenizer")));
        Assert.StartsWith("model/tokenizer: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
