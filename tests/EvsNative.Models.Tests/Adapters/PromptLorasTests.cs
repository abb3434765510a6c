using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Adapters;

/// <summary>LoRAs that stand in prompts.</summary>
public sealed class PromptLorasTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PromptLorasTests()
    {
        string[] files =
        [
            "snow.safetensors", "Ice.pt", "styles/ink wash v1.5.safetensors", "a/twin.ckpt", "b/twin.safetensors", "readme.txt",
        ];
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<lora:snow:0.8>", "snow.safetensors 0.8 -")]
    [InlineData("<lora:snow>", "snow.safetensors 1 -")]
    [InlineData("<LORA:SNOW:.5>", "snow.safetensors 0.5 -")]
    [InlineData("<lyco:snow.safetensors:-1>", "snow.safetensors -1 -")]
    [InlineData("<lora: ice : 0.5 >", "Ice.pt 0.5 -")]
    [InlineData("<lora:ink wash v1.5:1>", "styles/ink wash v1.5.safetensors 1 -")]
    [InlineData("<lora:styles/ink wash v1.5:1>", "styles/ink wash v1.5.safetensors 1 -")]
    [InlineData("<lora:styles\\ink wash v1.5:1>", "styles/ink wash v1.5.safetensors 1 -")]
    [InlineData("<lora:snow:unet=0.5>", "snow.safetensors 0.5 1")]
    [InlineData("<lora:snow:te=0:unet=0.5>", "snow.safetensors 0.5 0")]
    [InlineData("<lora:snow:te=0.5>", "snow.safetensors 0.5 -")]
    [InlineData("<lora:snow:1> <lora:snow:0.5>", "snow.safetensors 1 -, snow.safetensors 0.5 -")]
    public void A_tag_names_a_file_of_the_folder(string tags, string loaded)
    {
        var read = Of($"a fox {tags}, in snow");
        Assert.Equal(loaded, Loaded(read));
        Assert.Empty(read.Notices);
        Assert.Equal($"a fox {(tags.Contains("> <", StringComparison.Ordinal) ? " " : "")}, in snow", read.Words.Ranges[0].Text);
        Assert.Equal($"a fox {tags}, in snow", read.Given.Ranges[0].Text);
    }

    [Theory]
    [InlineData("<lora:snow:0.8:0.5>", "snow.safetensors 0.5 0.8", NoticeCode.Assumed, "the first number is taken for the text encoder")]
    [InlineData("<lora:snow:1:1:8>", "snow.safetensors 1 -", NoticeCode.PromptSyntax, "'8' is not computed")]
    [InlineData("<lora:snow:1:lbw=MIDD>", "snow.safetensors 1 -", NoticeCode.PromptSyntax, "'lbw=MIDD' is not computed")]
    [InlineData("<lora:twin:1>", "b/twin.safetensors 1 -", NoticeCode.Assumed, "a name of 2 files")]
    [InlineData("<lora:snow:0,8>", "", NoticeCode.PromptSyntax, "'0,8' is no number")]
    [InlineData("<lora:fog:0.8>", "", NoticeCode.PromptSyntax, "has no fog.safetensors")]
    [InlineData("<lora:../snow:0.8>", "", NoticeCode.PromptSyntax, "has no ../snow.safetensors")]
    [InlineData("<lora::1>", "", NoticeCode.PromptSyntax, "does nothing and is left out")]
    [InlineData("<hypernet:snow:1>", "", NoticeCode.PromptSyntax, "hypernetworks are not computed here")]
    public void What_is_assumed_or_does_nothing_is_one_line(string tag, string loaded, NoticeCode code, string said)
    {
        var read = Of(tag);
        Assert.Equal(loaded, Loaded(read));
        var notice = Assert.Single(read.Notices);
        Assert.Equal(code, notice.Code);
        Assert.Contains(said, notice.Message, StringComparison.Ordinal);
        Assert.Equal("", read.Words.Ranges[0].Text);
    }

    [Fact]
    public void Without_a_folder_a_line_says_how_to_load_it()
    {
        var read = PromptLoras.Of("<lora:snow:0.8> <lora:ice:1>", null, []);
        Assert.Empty(read.Loras);
        Assert.Equal(
            "the prompt has <lora:snow:0.8>, <lora:ice:1>, which does nothing and is left out: "
            + "name the folder of LoRAs with --lora-folder, or the file with --lora",
            Assert.Single(read.Notices).Message);
        Assert.Empty(PromptLoras.Of("a fox", _folder["nowhere"], []).Notices);
        var e = Assert.Throws<InputException>(() => PromptLoras.Of("<lora:snow:0.8>", _folder["nowhere"], []));
        Assert.Equal(InputCode.NotFound, e.Code);
        e = Assert.Throws<InputException>(() => PromptLoras.Of("<lora:snow:0.8>", _folder["readme.txt"], []));
        Assert.Equal(InputCode.WrongKind, e.Code);
    }

    [Fact]
    public void What_is_merged_anyway_is_not_merged_again()
    {
        var read = PromptLoras.Of("<lora:snow:0.8>", _folder.Path, [new LoraChoice("/elsewhere/Snow.safetensors", 0.5)]);
        Assert.Empty(read.Loras);
        string line = Assert.Single(read.Notices).Message;
        Assert.EndsWith("which --lora has already, with strength 0.5: that holds", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_has_one_model_so_the_LoRAs_of_ranges_are_for_all_frames()
    {
        var file = "0-3: a <lora:snow:0.8>\n4-7: b <lora:snow:0.8><lora:ice:1>\n8-: c <lora:snow:0.2>"u8;
        var read = PromptLoras.Of(PromptFile.Parse(file, "p.txt"), _folder.Path, []);
        Assert.Equal("snow.safetensors 0.8 -, Ice.pt 1 -", Loaded(read));
        Assert.Equal(["a", "b", "c"], read.Words.Ranges.Select(range => range.Text.Trim()));
        Assert.Equal(2, read.Notices.Count);
        Assert.Equal(
            "the prompt of frames 8- has <lora:snow:0.2>: an earlier range has it with strength 0.8, which holds", read.Notices[0].Message);
        Assert.Contains("(snow.safetensors, Ice.pt) are merged for all frames", read.Notices[1].Message, StringComparison.Ordinal);
    }

    private PromptLoras Of(string prompt) => PromptLoras.Of(prompt, _folder.Path, []);

    private string Loaded(PromptLoras read) => string.Join(", ", read.Loras.Select(lora => FormattableString.Invariant(
        $"{Path.GetRelativePath(_folder.Path, lora.Path)} {lora.Strength} {(lora.TextStrength is { } text ? text : "-")}")));
}
