namespace EvsNative.Layers.Tests;

/// <summary>Codes as scripts read them, and text from outside as one line.</summary>
public sealed class InputTests
{
    [Fact]
    public void Codes_are_words_in_kebab_case_each_its_own()
    {
        Assert.Equal("out-of-range", InputCode.OutOfRange.Word());
        Assert.Equal("damaged", InputCode.Damaged.Word());
        string[] words = [.. Enum.GetValues<InputCode>().Select(code => code.Word())];
        Assert.All(words, word => Assert.Matches("^[a-z]+(-[a-z]+)*$", word));
        Assert.Equal(words.Length, words.Distinct().Count());
    }

    [Fact]
    public void An_error_keeps_its_code_and_details_where_its_place_is_added()
    {
        var inner = new InputException(InputCode.Mismatch, "two sizes", ["a", "b"]);
        var outer = inner.At("model/config.json");
        Assert.Equal((InputCode.Mismatch, "model/config.json: two sizes"), (outer.Code, outer.Message));
        Assert.Equal(inner.Details, outer.Details);
        Assert.Same(inner, outer.InnerException);
    }

    [Theory]
    [InlineData("a\nb\r\nc\n", "a b c")]
    [InlineData(" plain ", "plain")]
    public void Text_of_several_lines_becomes_one(string text, string line) => Assert.Equal(line, InputText.OneLine(text));

    [Fact]
    public void Names_from_files_are_cut_and_cannot_break_a_line()
    {
        Assert.Equal("'a?b'", InputText.Quote("a\nb"));
        Assert.Equal("abc...", InputText.Name("abcdef", most: 3));
    }
}
