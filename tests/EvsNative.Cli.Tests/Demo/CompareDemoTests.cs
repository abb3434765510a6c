using System.Globalization;
using EvsNative.Cli.Tests.Commands;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>The demo's comparison is the one of the page, on every processor. Seconds are not compared.</summary>
public sealed class CompareDemoTests
{
    private const string Page = "docs/scores.md", Update = "EVSNATIVE_UPDATE_PAGES";
    private const string Start = "<!-- compare: demo -->\n", End = "<!-- end -->\n", Seconds = "seconds";

    /// <summary>Units of the last printed digit: a processor may round otherwise, and a step of the method carries that on.</summary>
    private const double Tolerance = 3.1;

    [Fact]
    public void The_page_shows_what_the_demo_gives()
    {
        using var folder = new TemporaryFolder();
        string[][] made = Rows(Evs.Run("compare", "--demo", "--device", "cpu", "--out", folder["out"]).Text());
        string path = Repository.File(Page), text = File.ReadAllText(path);
        int from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length, to = text.IndexOf(End, from, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(Update) == "1") File.WriteAllText(path, text[..from] + Markdown(made) + text[to..]);
        else Compare(Rows(text[from..to]), made);
        CompareReadme(made);
    }

    /// <summary>README's table of the demo is a part of the first one.</summary>
    private static void CompareReadme(string[][] made)
    {
        string[] columns = ["PSNR to clean, dB", "flicker, grey levels", "residual, grey levels", "sharpness, grey levels a pixel"];
        int[] places = [.. columns.Select(column => Array.IndexOf(made[0], column))];
        string[][] readme = Rows(File.ReadAllText(Repository.File("README.md")));
        foreach (var (name, row) in new[]
            { ("input, bicubic x2", "input"), ("T2I alone", "T2I"), ("T2V alone", "T2V"), ("**EVS**", "T2I+[T2V]+T2I") })
        {
            string[] ours = made.First(cells => cells[0] == row);
            string[] written = Assert.Single(readme, cells => cells[0] == name)[1..];
            foreach (var (place, number) in places.Zip(written))
                Assert.True(AreAlike(ours[place], number), $"README, {name}: {number}, compare --demo gives {ours[place]}");
        }
    }

    private static void Compare(string[][] written, string[][] made)
    {
        string advice = $"{Page}: run this test with {Update}=1, it then writes the tables:\n{Markdown(made)}";
        Assert.True(written.Length == made.Length && made.Length > 10, advice);
        foreach (var (ours, page) in made.Zip(written))
        {
            Assert.True(ours.Length == page.Length, advice);
            Assert.True(ours.Zip(page).All(pair => AreAlike(pair.First, pair.Second)), $"{string.Join('|', ours)}\n{advice}");
        }
    }

    private static bool AreAlike(string made, string written) =>
        made == written || (Number(made) is { } a && Number(written) is { } b && Math.Abs(a - b) <= Tolerance * UnitOf(written));

    /// <summary>Of its last digit: 0.01 for 3.14.</summary>
    private static double UnitOf(string number) => Math.Pow(10, number.IndexOf('.', StringComparison.Ordinal) + 1 - number.Length);

    private static double? Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <summary>The tables up to the notes, cell by cell, without seconds and without rules.</summary>
    private static string[][] Rows(string markdown)
    {
        var rows = new List<string[]>();
        int left = -1;
        foreach (string line in markdown.Split('\n').TakeWhile(line => !line.StartsWith("- ", StringComparison.Ordinal)))
        {
            if (!line.StartsWith('|') || line.StartsWith("|---", StringComparison.Ordinal)) continue;
            string[] cells = [.. line.Split('|')[1..^1].Select(cell => cell.Trim())];
            if (cells[0].Length == 0) left = Array.IndexOf(cells, Seconds);
            rows.Add(left < 0 ? cells : [.. cells[..left], .. cells[(left + 1)..]]);
        }

        return [.. rows];
    }

    private static string Markdown(string[][] rows) => string.Concat(rows.Select((row, i) =>
        $"{(row[0].Length == 0 && i > 0 ? "\n" : "")}| {string.Join(" | ", row)} |\n".Replace("|  |", "| |", StringComparison.Ordinal)
            + (row[0].Length == 0 ? $"|---|{string.Concat(row.Skip(1).Select(_ => "--:|"))}\n" : "")));
}
