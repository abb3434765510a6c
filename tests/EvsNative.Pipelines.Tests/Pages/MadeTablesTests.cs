using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Pages;

/// <summary>
/// Pages say what the program says. With EVSNATIVE_UPDATE_PAGES=1 the tables are written anew instead, for whoever changed a setting or a
/// code.
/// </summary>
public sealed class MadeTablesTests
{
    private const string End = "<!-- end -->\n", Update = "EVSNATIVE_UPDATE_PAGES";

    [Theory]
    [InlineData("settings", "docs/settings.md")]
    [InlineData("errors", "docs/files.md")]
    [InlineData("warnings", "docs/files.md")]
    public void A_page_shows_the_table(string name, string page)
    {
        string path = Repository.File(page), text = File.ReadAllText(path), start = $"<!-- table: {name} -->\n";
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        int to = text.IndexOf(End, from, StringComparison.Ordinal);
        string wanted = MadeTables.All[name]();
        if (Environment.GetEnvironmentVariable(Update) == "1") File.WriteAllText(path, text[..from] + wanted + text[to..]);
        else Assert.True(text[from..to] == wanted, $"{page}: run this test with {Update}=1, it then writes the table {name}:\n{wanted}");
    }

    [Fact]
    public void The_tables_hold_what_there_is()
    {
        Assert.Contains("| `--guidance N` | image guidance, 1 for none, 0 to 100; default: 7.5 |", MadeTables.All["settings"]());
        Assert.Contains("| `-o, --output PATH` |", MadeTables.All["settings"]());
        Assert.Contains("| `not-found` | There is no such file or folder. |", MadeTables.All["errors"]());
        Assert.Contains("| `prompt-cut` | Words were cut off a prompt. |", MadeTables.All["warnings"]());
    }
}
