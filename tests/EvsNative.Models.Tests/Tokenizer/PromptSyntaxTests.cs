using EvsNative.Layers;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>What other programs' prompts mean and this one does not compute is found, and ordinary writing is not taken for it.</summary>
public sealed class PromptSyntaxTests
{
    [Theory]
    [InlineData("a {{fox}}", "weight '{{fox}}'")]
    [InlineData("a fox AND snow", "keyword 'AND'")]
    [InlineData("[fox:wolf:0.5]", "schedule '[fox:wolf:0.5]'")]
    [InlineData("[fox::12]", "schedule '[fox::12]'")]
    [InlineData("[fox:0.3]", "schedule '[fox:0.3]'")]
    [InlineData("[a (red:1.2) fox:wolf:0.5]", "schedule '[a (red:1.2) fox:wolf:0.5]'")]
    [InlineData("[fox|wolf]", "alternation '[fox|wolf]'")]
    [InlineData("a __colour__ fox", "wildcard '__colour__'")]
    [InlineData("a {red|grey} fox", "choice '{red|grey}'")]
    [InlineData("{2$$red|grey}", "choice '{2$$red|grey}'")]
    [InlineData("a (red fox)++ here", "weight behind a bracket ')++'")]
    [InlineData("a (red fox)1.3", "weight behind a bracket ')1.3'")]
    [InlineData("two (2) foxes, (at 10:30)", "time or ratio '(at 10:30)'")]
    [InlineData("(ratio 16:9)", "time or ratio '(ratio 16:9)'")]
    [InlineData("(fox:1,3)", "decimal comma '(fox:1,3)'")]
    [InlineData("(fox:300)", "weight beyond 100 '(fox:300)'")]
    [InlineData("a fox <lora:snow:0.8", "tag that is not closed '<lora:snow:0.8'")]
    [InlineData("<LoCon:snow:0.8, a fox", "tag that is not closed '<LoCon:snow:0.8'")]
    [InlineData("a < b, <3, <loral:x>", "")]
    [InlineData("(fox:1.3) [old] ((red)) \\(animal\\) a BREAK b", "")]
    [InlineData("a man (old) walking", "")]
    [InlineData("fox :( wolf :) bear ;) :-( :-) =( :[ :] (: ):", "")]
    [InlineData("sad :(( and happy :))", "")]
    [InlineData("A FOX AND A WOLF TAKE A BREAK", "")]
    [InlineData("rock and roll, a break in the clouds, Andes, BREAKFAST", "")]
    [InlineData("snake_case, __init, ____, a__b", "")]
    [InlineData("{}, [], (), [ ], ((, )), ][ )(", "")]
    [InlineData("note: 1.3 times, ratio:2, http://fox.org:80", "")]
    [InlineData("", "")]
    public void What_is_found_is_named_with_its_first_example(string prompt, string named)
    {
        var read = PromptText.Parse(prompt);
        Assert.Equal(named, string.Join(", ", read.Remarks.Select(one => $"{one.Kind} '{one.Example}'")));
        Assert.Equal(named.Length > 0 ? 1 : 0, Lines(prompt).Length);
    }

    [Fact]
    public void Each_kind_is_named_once_in_one_line()
    {
        Assert.Equal(
            [
                "the prompt has schedule '[a:b:0.5]', alternation '[c|d]', which other programs understand and this one reads as plain "
                + "words: leave out what is no word",
            ],
            Lines("[a:b:0.5] [c|d] [e:0.2] (fox:1.2)"));
        string many = Assert.Single(Lines("[d:e:1] [f|g] __h__ {i|j} {{k}} (l:1,2) x AND y"));
        Assert.Contains("and 2 kinds more", many, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_that_load_nothing_and_embeddings_that_are_not_loaded_say_how_to_load_them()
    {
        Assert.Equal(
            [
                "the prompt has <lora:snow:0.8>, which does nothing and is left out: no LoRA was asked for; give its file with --lora",
                "the prompt has <hypernet:x:1>, which does nothing and is left out: hypernetworks are not computed here: leave it out",
                "the prompt has embedding:EasyNegative, which is not loaded and read as plain words: load its file with "
                + "--embedding FILE:EasyNegative",
            ],
            Lines("fox <lora:snow:0.8> <hypernet:x:1>, embedding:EasyNegative, (embedding:moody:1.2), embedding:easynegative"));
        var notice = Assert.Single(PromptNotices.Of("the negative prompt", PromptText.Parse("<lora:a:1>"), Words()));
        Assert.EndsWith("tags of the prompt load LoRAs, those of the negative prompt do not", notice.Message, StringComparison.Ordinal);
        Assert.Equal(NoticeCode.PromptSyntax, notice.Code);
    }

    [Fact]
    public void A_hundred_thousand_letters_are_one_line_in_no_time()
    {
        long start = Environment.TickCount64;
        foreach (string piece in (string[])["((", "[a:", "<lora:", "__a", "[a|b]", "\\(", "{a|", "_", ":(", "AND ", "\u001b[\n:1.3]"])
        {
            foreach (string line in Lines(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length))))
            {
                Assert.InRange(line.Length, 20, InputText.LongestLine);
                Assert.DoesNotContain(line, char.IsControl);
            }
        }

        Assert.InRange(Environment.TickCount64 - start, 0, 3000);
    }

    private static PromptWords Words() => new(604, [new WordVectors(["moody"], new float[64], 1, "moody.pt")]);

    private static string[] Lines(string prompt) =>
        [.. PromptNotices.Of("the prompt", PromptText.Parse(prompt), Words()).Select(notice => notice.Message)];
}
