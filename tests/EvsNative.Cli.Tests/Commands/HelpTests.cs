using System.CommandLine;
using System.Text.RegularExpressions;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>The help: short and in groups, everything on request, and lines that a terminal holds.</summary>
public sealed partial class HelpTests
{
    private const int Screen = 48;

    [Theory]
    [InlineData("refine", "clip many clips intent models method picture device output")]
    [InlineData("plan", "clip intent models method picture device output without a clip or a device")]
    public void The_short_help_has_its_groups_and_fits_a_screen(string command, string groups)
    {
        string text = Evs.Run(command, "--help").Text();
        Assert.Equal(groups, string.Join(' ', Headings(text)));
        Assert.True(text.Split('\n').Length <= Screen, text);
        foreach (string name in (string[])["--demo", "--prompt", "--model", "--motion", "--mode", "--strength", "--upscale", "--device",
            "--json"])
            Assert.Equal(1, Count(text, name));
        Assert.DoesNotContain("--sfi-convs", text, StringComparison.Ordinal);
        Assert.Contains($"evsnative {command} --help all", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_is_listed_once_where_all_is_asked_for()
    {
        string refine = Evs.Run("refine", "--help", "all").Text(), plan = Evs.Run("plan", "-h", "all").Text();
        foreach (var setting in SettingTable.All)
        {
            bool isRefines = SettingTable.Refined.Contains(setting), isPlans = SettingTable.Planned.Contains(setting);
            string label = setting.IsPositional ? setting.Placeholder : $"--{setting.Name}";
            Assert.Equal((isRefines ? 1 : 0, isPlans ? 1 : 0), (Count(refine, label), Count(plan, label)));
        }

        Assert.DoesNotContain("--help all", refine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Lines_are_as_long_as_the_terminal_holds(int width)
    {
        var command = new Command("refine", "Refines a clip.");
        _ = new SettingOptions(command, SettingTable.All);
        using var to = new StringWriter();
        new HelpPage(isFull: true, width).Write(command, to);
        string[] lines = to.ToString().Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} columns: {line}"));
        Assert.Contains(lines, line => line.Length > width - 15);
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Theory]
    [InlineData("doctor", "--device DEVICE", "--precision WORD", "--threads N", "--json")]
    [InlineData("inspect", "[PATH]", "--tensors", "--match MATCH", "--hash", "--json")]
    [InlineData("weights", "convert", "synthesize", "Writes the weights")]
    [InlineData("weights convert", "[INPUT]", "-o, --output OUTPUT", "--type TYPE", "--layout LAYOUT", "--lora", "--vae PATH", "--force")]
    [InlineData("weights synthesize", "--layout LAYOUT", "-o, --output OUTPUT", "--force", "sd15 (default) or tiny")]
    [InlineData("score", "[CLIP]", "--judges FOLDER", "--against AGAINST", "--csv CSV", "--scores SCORES", "--json")]
    [InlineData("compare", "[CLIP]", "-o, --output OUTPUT", "--modes MODES", "--sweep SWEEP", "--data-set DATA-SET", "--demo", "--json")]
    [InlineData("pull", "NAME ", "a known model, owner/name", "--list", "--endpoint ENDPOINT", "--accept-licence")]
    [InlineData("", "refine", "plan", "doctor", "weights", "--version", "evsnative COMMAND --help")]
    public void Other_commands_have_theirs(string command, params string[] words)
    {
        foreach (string help in (string[])["--help", "-h", "-?"])
        {
            string text = Evs.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), help]).Text();
            Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
            Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        }
    }

    [Fact]
    public void Ranges_defaults_and_words_are_said()
    {
        string text = Spaces().Replace(Evs.Run("refine", "--help", "all").Text(), " ");
        Assert.Contains("evs, t2i, t2v, t2i+t2v or t2v+t2i; default: evs", text, StringComparison.Ordinal);
        Assert.Contains("t_I, the image model's first step, instead of --strength, 1 to T_I; default: 0.4 of T_I", text,
            StringComparison.Ordinal);
        Assert.Contains("default: the motion modules' own", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Headings(string text) =>
        Heading().Matches(text).Select(match => match.Groups[1].Value).Where(line => !line.Contains(':', StringComparison.Ordinal));

    /// <summary>How often an option heads a line.</summary>
    private static int Count(string text, string label) =>
        Regex.Count(text, $@"^  (-\w, )?{Regex.Escape(label)}( |$)", RegexOptions.Multiline);

    [GeneratedRegex(@"^\n([a-z][a-z ]*)\n  ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
