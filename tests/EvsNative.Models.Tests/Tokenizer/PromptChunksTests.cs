using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>Prompts in chunks of 75.</summary>
public sealed class PromptChunksTests
{
    private static readonly ClipTokenizer Tiny = ClipTokenizer.FromFolder(Repository.File("weights", "evs-tiny", "tokenizer"));

    [Theory]
    [InlineData("", "0")]
    [InlineData("a", "1")]
    [InlineData("a BREAK a a", "1 2")]
    [InlineData("a BREAK", "1")]
    [InlineData("BREAK a BREAK BREAK a", "0 1 0 1")]
    public void A_break_ends_a_chunk(string prompt, string counts) => Assert.Equal(counts, Counts(prompt));

    /// <summary>75 fit; of 76 the last goes on, with all behind a comma that is among the last 20.</summary>
    [Theory]
    [InlineData(75, -1, "75")]
    [InlineData(76, -1, "75 1")]
    [InlineData(76, 54, "75 1")]
    [InlineData(76, 55, "56 20")]
    [InlineData(76, 74, "75 1")]
    [InlineData(80, 70, "71 9")]
    [InlineData(151, -1, "75 75 1")]
    [InlineData(151, 60, "61 75 15")]
    public void A_full_chunk_ends_at_its_last_comma(int tokens, int comma, string counts) =>
        Assert.Equal(counts, Counts(string.Join(' ', Enumerable.Range(0, tokens).Select(i => i == comma ? "," : "a"))));

    [Fact]
    public void A_comma_may_be_the_first_of_a_chunk() =>
        Assert.Equal("75 2", Counts(string.Join(' ', Enumerable.Range(0, 77).Select(i => i == 75 ? "," : "a"))));

    [Fact]
    public void The_vectors_of_a_word_stay_together_and_have_its_weight()
    {
        var words = new PromptWords(604, [new WordVectors(["moody"], new float[3 * 8], 3, "moody.pt")]);
        string filled = string.Concat(Enumerable.Repeat("a ", 73));
        var chunks = PromptChunks.Of(PromptText.Parse($"{filled}(moody:1.5) a"), Tiny, words);
        Assert.Equal([604, 605, 606], chunks.All[1].Ids[1..4]);
        Assert.Equal([1, 1.5f, 1.5f, 1.5f, 1, 1], chunks.All[1].Weights[..6]);
        Assert.All(chunks.All[0].Weights, weight => Assert.Equal(1, weight));
        Assert.Equal((77, 0), (chunks.Tokens, chunks.Cut));
    }

    [Theory]
    [InlineData("a moody fox", "a ;604 605; fox")]
    [InlineData("MOODY", "604 605")]
    [InlineData("embedding:moody, embedding:Moody.pt", "604 605;, ;604 605")]
    [InlineData("moody.pt moodyish unmoody moody2", "604 605;.pt moodyish unmoody moody2")]
    [InlineData("moody-fox, <cat-toy>s", "606;, ;607;s")]
    [InlineData("my style, my styles", "608;, my styles")]
    public void A_word_is_found_where_it_stands_alone_the_longest_first(string text, string parts)
    {
        WordVectors Of(string name, int count) => new([name], new float[count * 8], count, name);
        var words = new PromptWords(604, [Of("moody", 2), Of("moody-fox", 1), Of("<cat-toy>", 1), Of("my style", 1)]);
        var shown = words.Split(text).Select(part => part.Rows.Count > 0 ? string.Join(' ', part.Rows) : part.Text);
        Assert.Equal(parts, string.Join(';', shown));
    }

    [Fact]
    public void What_is_beyond_the_last_chunk_is_counted()
    {
        var chunks = PromptChunks.Of(PromptText.Parse(string.Concat(Enumerable.Repeat("a ", 3000))), Tiny, PromptWords.None);
        Assert.Equal((PromptChunks.Most, 3000, 600), (chunks.All.Count, chunks.Tokens, chunks.Cut));
        chunks = PromptChunks.Of(PromptText.Parse(string.Concat(Enumerable.Repeat("a, BREAK ", 100))), Tiny, PromptWords.None);
        Assert.Equal((PromptChunks.Most, 200, 136), (chunks.All.Count, chunks.Tokens, chunks.Cut));
    }

    private static string Counts(string prompt)
    {
        var chunks = PromptChunks.Of(PromptText.Parse(prompt), Tiny, PromptWords.None).All;
        Assert.All(chunks, chunk => Assert.Equal((77, 77, Tiny.BeginId), (chunk.Ids.Length, chunk.Weights.Length, chunk.Ids[0])));
        return string.Join(' ', chunks.Select(chunk => Array.IndexOf(chunk.Ids, Tiny.EndId) - 1));
    }
}
