using EvsNative.Layers;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>What other programs' prompts mean is found, and ordinary writing is not taken for it.</summary>
public sealed class PromptSyntaxTests
{
    [Theory]
    [InlineData("(fox:1.3) in snow", "weight '(fox:1.3)'")]
    [InlineData("(fox : 1.3 )", "weight '(fox : 1.3 )'")]
    [InlineData("(a (fox) in snow:.8)", "weight '(a (fox) in snow:.8)'")]
    [InlineData("a ((fox))", "weight '((fox))'")]
    [InlineData("a [fox]", "weight '[fox]'")]
    [InlineData("a {{fox}}", "weight '{{fox}}'")]
    [InlineData("a fox <lora:snow:0.8>", "extra network '<lora:snow:0.8>'")]
    [InlineData("<LyCO:snow>, <hypernet:x:1>", "extra network '<LyCO:snow>'")]
    [InlineData("a fox BREAK snow", "keyword 'BREAK'")]
    [InlineData("a fox AND snow", "keyword 'AND'")]
    [InlineData("embedding:EasyNegative, fox", "embedding 'embedding:EasyNegative'")]
    [InlineData("[fox:wolf:0.5]", "schedule '[fox:wolf:0.5]'")]
    [InlineData("[fox::12]", "schedule '[fox::12]'")]
    [InlineData("[fox:0.3]", "schedule '[fox:0.3]'")]
    [InlineData("[fox|wolf]", "alternation '[fox|wolf]'")]
    [InlineData("a __colour__ fox", "wildcard '__colour__'")]
    [InlineData("a {red|grey} fox", "choice '{red|grey}'")]
    [InlineData("{2$$red|grey}", "choice '{2$$red|grey}'")]
    [InlineData(@"fox \(animal\)", @"escaped bracket '\('")]
    [InlineData("(a fox (in) snow:1.2", "")]
    [InlineData("a man (old) walking", "")]
    [InlineData("two (2) foxes, (at 10:30), (ratio 16:9)", "")]
    [InlineData("fox :( wolf :) bear ;) :-( :-) =( :[ :] (: ):", "")]
    [InlineData("sad :(( and happy :))", "")]
    [InlineData("(happy :) fox)", "")]
    [InlineData("A FOX AND A WOLF TAKE A BREAK", "")]
    [InlineData("rock and roll, a break in the clouds, Andes, BREAKFAST", "")]
    [InlineData("a < b and c > d, <3, <b>bold</b>, 5 > 3", "")]
    [InlineData("snake_case, __init, ____, a__b", "")]
    [InlineData("{}, [], (), [ ], ((, )), ][ )(", "")]
    [InlineData("note: 1.3 times, ratio:2, http://fox.org:80", "")]
    [InlineData("", "")]
    public void What_is_found_is_named_with_its_first_example(string prompt, string named)
    {
        var found = PromptSyntax.Find(prompt);
        Assert.Equal(named, string.Join(", ", found.Select(one => $"{one.Kind} '{one.Example}'")));
        Assert.Equal(named.Length > 0 ? 1 : 0, PromptSyntax.Notices(prompt, "").Count());
    }

    [Fact]
    public void Each_kind_is_named_once_and_each_prompt_has_its_line()
    {
        const string prompt = "(masterpiece:1.3), <lora:name:0.8>, (fox:1.2), BREAK, <lora:other:1>";
        const string end = ", which other programs understand and this one reads as plain words: leave out what is no word";
        var notices = PromptSyntax.Notices(prompt, "embedding:EasyNegative").ToArray();
        Assert.Equal(
            [
                $"the prompt has weight '(masterpiece:1.3)', extra network '<lora:name:0.8>', keyword 'BREAK'{end}",
                $"the negative prompt has embedding 'embedding:EasyNegative'{end}",
            ],
            notices.Select(notice => notice.Message));
        Assert.All(notices, notice => Assert.Equal(NoticeCode.PromptSyntax, notice.Code));
    }

    [Fact]
    public void A_hundred_thousand_letters_are_one_line_in_no_time()
    {
        long start = Environment.TickCount64;
        foreach (string piece in (string[])["((", "[a:", "<lora:", "__a", "(a:1.3)", "\\(", "{a|", "_", ":(", "AND ", "\u001b(\n:1.3)"])
        {
            string all = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
            foreach (var notice in PromptSyntax.Notices(all, all))
            {
                Assert.InRange(notice.Message.Length, 20, InputText.LongestLine);
                Assert.DoesNotContain(notice.Message, char.IsControl);
            }
        }

        Assert.InRange(Environment.TickCount64 - start, 0, 3000);
        string every = "(a:1.1) <lora:b:1> BREAK embedding:c [d:e:1] [f|g] __h__ {i|j} \\( x";
        Assert.Contains("and 4 kinds more", Assert.Single(PromptSyntax.Notices(every, "")).Message, StringComparison.Ordinal);
    }
}
