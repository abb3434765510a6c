using System.Text;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Tokenizer;

/// <summary>Files with a prompt for each range of frames.</summary>
public sealed class PromptFileTests
{
    private const string Usual = "# my clip\n0-7: a fox: red, (in snow:1.2)\n\n8 - 11 : a wolf\r\n12-: a hare\n9-10 negative: snow, ice\n";

    [Fact]
    public void A_line_is_a_range_and_its_prompt()
    {
        var prompts = Parse(Usual);
        Assert.Equal(
            [
                new FramePrompt(0, 7, "a fox: red, (in snow:1.2)", "p.txt: line 2"), new FramePrompt(8, 11, "a wolf", "p.txt: line 4"),
                new FramePrompt(12, null, "a hare", "p.txt: line 5"),
            ],
            prompts.Ranges);
        Assert.Equal([new FramePrompt(9, 10, "snow, ice", "p.txt: line 6")], prompts.Negatives);
        Assert.Equal("0-7: a fox: red, (in snow:1.2); 8-11: a wolf; 12-: a hare; 9-10 negative: snow, ice", $"{prompts}");
        Assert.Equal("a fox", $"{ClipPrompts.FromString("a fox")}");
    }

    [Theory]
    [InlineData("0-: a", 3, "a*3")]
    [InlineData("0-2: a", 3, "a*3")]
    [InlineData("\ufeff0: a\n1\u20132: b\n3: a", 4, "a*1 b*2 a*1")]
    [InlineData("2-: b\n0-1: a", 16, "a*2 b*14")]
    [InlineData("0-15:\n", 16, "*16")]
    [InlineData("0-1: 2-3: a", 2, "2-3: a*2")]
    public void The_ranges_cover_the_clip(string file, int frames, string runs) =>
        Assert.Equal(runs, string.Join(' ', Parse(file).Over(frames).Select(run => $"{run.Prompt.Text}*{run.Frames}")));

    [Fact]
    public void Where_no_negative_is_said_the_clips_own_holds()
    {
        var prompts = Parse("0-: a\n2-3 negative: b\n6- negative: c");
        Assert.Equal("x*2 b*2 x*2 c*3", string.Join(' ', prompts.NegativesOver(9, "x").Select(run => $"{run.Prompt.Text}*{run.Frames}")));
    }

    [Theory]
    [InlineData("", InputCode.Incomplete, "p.txt: holds no prompt")]
    [InlineData("# only this", InputCode.Incomplete, "p.txt: holds no prompt")]
    [InlineData("0- negative: b", InputCode.Incomplete, "p.txt: holds no prompt")]
    [InlineData("a fox in snow", InputCode.Damaged, "p.txt: line 1: begins with no range of frames (a fox in snow)")]
    [InlineData("0-7: a\nfox: b", InputCode.Damaged, "p.txt: line 2: begins with no range of frames")]
    [InlineData("-3: a", InputCode.Damaged, "p.txt: line 1: begins with no range")]
    [InlineData("7-0: a", InputCode.OutOfRange, "p.txt: line 1: the range 7-0 ends before it begins: write 0-7")]
    [InlineData("0-99999999999: a", InputCode.OutOfRange, "p.txt: line 1: frame 99999999999 is beyond any clip")]
    [InlineData("{\"0\": \"a fox\"}", InputCode.WrongKind, "p.txt: JSON, or something like it")]
    [InlineData("\"0\" : \"a fox\",", InputCode.WrongKind, "p.txt: JSON, or something like it")]
    [InlineData("0-: a\0", InputCode.Damaged, "p.txt: not UTF-8 text")]
    public void What_is_no_such_file_is_refused_with_its_line(string file, InputCode code, string start)
    {
        var e = Assert.Throws<InputException>(() => Parse(file));
        Assert.Equal(code, e.Code);
        Assert.StartsWith(start, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-7: a\n9-: b", InputCode.Incomplete, "p.txt: frame 8 has no prompt (frames count from 0): add a line")]
    [InlineData("2-: a", InputCode.Incomplete, "p.txt: frames 0 to 1 have no prompt")]
    [InlineData("0-7: a", InputCode.Incomplete, "p.txt: frames 8 to 15 have no prompt")]
    [InlineData("0-8: a\n8-: b", InputCode.Conflict, "p.txt: line 2: frame 8 has a prompt already, in the range 0-8: each frame has one")]
    [InlineData("0-: a\n3: b", InputCode.Conflict, "p.txt: line 2: frame 3 has a prompt already, in the range 0-")]
    [InlineData("0-16: a", InputCode.OutOfRange, "p.txt: line 1: frames 0-16 are not all in the clip, which has 16, 0 to 15: write 0- ")]
    [InlineData("0-: a\n16-: b", InputCode.OutOfRange, "p.txt: line 2: frames 16- are not all in the clip")]
    public void Ranges_that_are_not_the_clips_are_refused(string file, InputCode code, string start)
    {
        var e = Assert.Throws<InputException>(() => Parse(file).Over(16));
        Assert.Equal(code, e.Code);
        Assert.StartsWith(start, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_ordinary_ones_of_at_most_a_megabyte()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["p.txt"], "0-: a fox\n" + new string('#', 1 << 20));
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => ClipPrompts.Read(folder["p.txt"])).Code);
        Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => ClipPrompts.Read(folder["q.txt"])).Code);
        Assert.Equal(InputCode.WrongKind, Assert.Throws<InputException>(() => ClipPrompts.Read(folder.Path)).Code);
        File.WriteAllText(folder["p.txt"], "0-: a fox", Encoding.UTF8);
        Assert.Equal("a fox", ClipPrompts.Read(folder["p.txt"]).Ranges[0].Text);
        File.WriteAllText(folder["p.txt"], "0-: a fox", Encoding.Unicode);
        Assert.Equal(InputCode.Damaged, Assert.Throws<InputException>(() => ClipPrompts.Read(folder["p.txt"])).Code);
    }

    private static ClipPrompts Parse(string file) => PromptFile.Parse(Encoding.UTF8.GetBytes(file), "p.txt");
}
