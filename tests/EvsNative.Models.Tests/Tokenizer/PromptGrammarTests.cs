namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>Weights, escapes and BREAK, as docs/prompts.md says: "words@weight" for each piece, "/" for a BREAK.</summary>
public sealed class PromptGrammarTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a fox in snow", "a fox in snow@1")]
    [InlineData("(fox)", "fox@1.1")]
    [InlineData("((fox))", "fox@1.21")]
    [InlineData("[fox]", "fox@0.9091")]
    [InlineData("[[fox]]", "fox@0.8264")]
    [InlineData("([fox])", "fox@1")]
    [InlineData("(fox:1.3)", "fox@1.3")]
    [InlineData("( fox : 1.3 )", " fox @1.3")]
    [InlineData("(fox:.5)(wolf:2.)(hare:+3)", "fox@0.5|wolf@2|hare@3")]
    [InlineData("(fox:0)", "fox@0")]
    [InlineData("(fox:-1.5)", "fox@-1.5")]
    [InlineData("a (red fox:1.3) in (deep snow:0.8)", "a @1|red fox@1.3| in @1|deep snow@0.8")]
    [InlineData("(a (red:1.2) fox:1.5)", "a @1.5|red@1.8| fox@1.5")]
    [InlineData("((red:1.2) fox)", "red@1.32| fox@1.1")]
    [InlineData("[(red:1.5) fox]", "red@1.3636| fox@0.9091")]
    [InlineData("(a [b) c] d", "a @1.1|b@1| c@0.9091| d@1")]
    [InlineData("a (fox in snow", "a @1|fox in snow@1.1")]
    [InlineData("a [fox (in snow", "a @1|fox @0.9091|in snow@1")]
    [InlineData("fox) in ]snow", "fox) in ]snow@1")]
    [InlineData("fox:1.3) in snow", "fox:1.3) in snow@1")]
    [InlineData("(fox:1.3", "fox:1.3@1.1")]
    [InlineData("(fox:cub)", "fox:cub@1.1")]
    [InlineData("(fox:1.2.3)", "fox:1.2.3@1.1")]
    [InlineData("(:1.2)", "")]
    [InlineData("()", "")]
    [InlineData(@"\(fox\) \[wolf\] \\", @"(fox) [wolf] \@1")]
    [InlineData(@"(fox \(red\):1.2)", "fox (red)@1.2")]
    [InlineData(@"(fox\:1.2)", @"fox\@1.2")]
    [InlineData(@"a \o/ b\n", @"a \o/ b\n@1")]
    [InlineData(@"\\(fox)", @"\@1|fox@1.1")]
    [InlineData("a fox BREAK in snow", "a fox @1|/| in snow@1")]
    [InlineData("(a fox BREAK in snow:1.2)", "a fox @1.2|/| in snow@1.2")]
    [InlineData("a\nBREAK\nb,BREAK,c", "a\n@1|/|\nb,@1|/|,c@1")]
    [InlineData("BREAK a BREAK BREAK", "/| a @1|/| @1|/")]
    [InlineData("a BREAKFAST, UNBREAK, break, BREAK_", "a BREAKFAST, UNBREAK, break, BREAK_@1")]
    [InlineData("TAKE A BREAK NOW", "TAKE A BREAK NOW@1")]
    [InlineData("sad :( fox, happy :) wolf", "sad :( fox, happy :) wolf@1")]
    [InlineData("(sad :( fox:1.3)", "sad :( fox@1.3")]
    [InlineData("(happy :) fox)", "happy :) fox@1.1")]
    [InlineData("(a :-[, b:1.2)", "a :-[, b@1.2")]
    [InlineData("hair:(red:1.2), style:[old]", "hair:@1|red@1.2|, style:@1|old@0.9091")]
    [InlineData("(at 10:30) and (ratio 16:9)", "at 10:30@1.1| and @1|ratio 16:9@1.1")]
    [InlineData("(2000s:1.2), (year 1990:1.2)", "2000s@1.2|, @1|year 1990@1.2")]
    [InlineData("(fox:1,3)", "fox:1,3@1.1")]
    [InlineData("(fox:300)", "fox:300@1.1")]
    [InlineData("[fox:wolf:0.5] (red:1.2)", "[fox:wolf:0.5] @1|red@1.2")]
    [InlineData("[(fox:1.2)|wolf]", "[@1|fox@1.2||wolf]@1")]
    [InlineData("{red|grey} {{fox}}", "{red|grey} {{fox}}@1")]
    [InlineData("a fox <lora:snow:0.8> in (<lora:x:1>snow)", "a fox  in @1|snow@1.1")]
    [InlineData("<embed:moody>, (<ti:moody>:1.2)", "embedding:moody, @1|embedding:moody@1.2")]
    [InlineData("a < b > c <3 <b>bold</b>", "a < b > c <3 <b>bold</b>@1")]
    public void A_prompt_is_read_as_the_page_says(string prompt, string pieces) => Assert.Equal(pieces, Shown(prompt));

    /// <summary>Brackets by the thousand neither take long nor overflow.</summary>
    [Fact]
    public void A_hundred_thousand_letters_are_read_in_no_time()
    {
        long start = Environment.TickCount64;
        string[] pieces = ["((a", "[[a", "(a:1.3)", "(a:", "a)", "\\(", "[a|", "{{a", "BREAK ", ":(", ": ", "<lora:", "(", "embedding:"];
        foreach (string piece in pieces)
        {
            var read = PromptText.Parse(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)));
            Assert.All(read.Pieces, one => Assert.InRange(one.Weight, 0, 100));
        }

        Assert.InRange(Environment.TickCount64 - start, 0, 3000);
    }

    private static string Shown(string prompt) => string.Join('|', PromptText.Parse(prompt).Pieces.Select(piece =>
        piece.Text is null ? "/" : FormattableString.Invariant($"{piece.Text}@{Math.Round(piece.Weight, 4)}")));
}
