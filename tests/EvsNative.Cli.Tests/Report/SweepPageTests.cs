using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EvsNative.Cli.Report;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Tests.Report;

/// <summary>The page of a comparison: what stands on it, and that a browser shows all of it.</summary>
public sealed class SweepPageTests : IDisposable
{
    /// <summary>Tells what of the plots lies outside of them, which labels cover each other, and what was asked of the network.</summary>
    private const string Probe = """
        (async () => {
          while (document.readyState !== "complete") await new Promise(done => setTimeout(done, 20));
          const seen = { outside: [], covered: [], figures: [], title: document.title };
          for (const plot of document.querySelectorAll("svg.scatter:not(.key)")) {
            const frame = plot.getBoundingClientRect(), labels = [...plot.querySelectorAll(".label")];
            for (const text of plot.querySelectorAll("text")) {
              const box = text.getBoundingClientRect();
              const over = [frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom];
              if (Math.max(...over) > 1) seen.outside.push(text.textContent);
            }
            labels.forEach((one, i) => labels.slice(0, i).forEach(other => {
              const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
              const isApart = a.left >= b.right || b.left >= a.right || a.top + 3 >= b.bottom || b.top + 3 >= a.bottom;
              if (!isApart) seen.covered.push(one.textContent + " " + other.textContent);
            }));
          }
          for (const figure of document.querySelectorAll("figure div")) {
            const box = figure.getBoundingClientRect();
            seen.figures.push([box.width / box.height, figure.getAnimations().length]);
          }
          seen.wide = document.documentElement.scrollWidth > innerWidth;
          seen.requests = performance.getEntriesByType("resource").map(entry => entry.name).filter(name => !name.startsWith("data:"));
          return JSON.stringify(seen);
        })()
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_the_tables_the_best_of_each_column_and_what_was_published()
    {
        string page = Page(Result(PaperSet.VideoCrafter2));
        Assert.Contains("<h1>5 compositions, gamma (sfi deep) on 1 clip</h1>", page, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(page, "<section class=\"table\">"));
        Assert.Contains("<tr class=\"published\"><th scope=\"row\">T2I, as published</th><td>0.9666</td>", page, StringComparison.Ordinal);
        // Ours are 0.95 to 0.99; of the published ones T2V's is the highest.
        Assert.Contains("<th scope=\"row\">T2I+[T2V]+T2I</th><td class=\"best\">0.9900</td>", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">T2V, as published</th><td class=\"best\">0.9903</td>", page, StringComparison.Ordinal);
        Assert.Contains("likely a misprint", page, StringComparison.Ordinal);
        Assert.Equal(6, Regex.Count(page, "<figure>"));
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_papers_points_are_in_the_plots_only_where_it_printed_both_numbers_for_these_clips()
    {
        var theirs = SweepPlots.Series(Result(PaperSet.VideoCrafter2), CompareColumn.MotionSmoothness, CompareColumn.Dover);
        Assert.Equal(["T2I", "T2V", "T2I+T2V", "T2V+T2I", "T2I+[T2V]+T2I"],
            theirs.Single(series => series.Kind == "paper").Points.Select(point => point.Label));
        var kept = SweepPlots.Series(Result(PaperSet.VideoCrafter2), CompareColumn.MotionSmoothness, CompareColumn.PsnrToInput);
        Assert.DoesNotContain(kept, series => series.Kind == "paper");
        var others = SweepPlots.Series(Result(null), CompareColumn.MotionSmoothness, CompareColumn.Dover);
        Assert.DoesNotContain(others, series => series.Kind == "paper");
        Assert.Equal([false, true, false], others.Select(series => series.IsLine));
    }

    [Fact]
    public void Texts_of_users_stay_texts()
    {
        string page = Page(Result(null, "<script>alert(1)</script>"));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_shows_all_labels_plays_the_clips_and_asks_nobody()
    {
        string? browser = Browser.Find();
        Assert.SkipWhen(browser is null, "no chromium on the path");
        File.WriteAllText(_folder["page.html"], Page(Result(PaperSet.VideoCrafter2)));
        using var window = await Browser.Open(browser!, _folder["page.html"], _folder["profile"], TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await window.Evaluate(Probe));
        var seen = json.RootElement;
        foreach (string nothing in (string[])["outside", "covered", "requests"])
            Assert.True(seen.GetProperty(nothing).GetArrayLength() == 0, $"{nothing}: {seen.GetProperty(nothing)}");
        Assert.False(seen.GetProperty("wide").GetBoolean(), "the page is wider than its window");
        var figures = seen.GetProperty("figures").EnumerateArray().ToArray();
        Assert.Equal(6, figures.Length);
        Assert.All(figures, figure =>
        {
            Assert.Equal(1.5, figure[0].GetDouble(), 0.02);
            Assert.Equal(1, figure[1].GetInt32());
        });
    }

    private static string Page(CompareResult result)
    {
        using var page = new MemoryStream();
        SweepPage.Write(page, result);
        return Encoding.UTF8.GetString(page.ToArray());
    }

    /// <summary>A clip of 24x16, and numbers that rise from setting to setting.</summary>
    private CompareResult Result(PaperSet? set, string name = "a clip")
    {
        if (!Directory.Exists(_folder["frames"])) FrameFiles.Write(_folder["frames"], TestVideos.Smooth(3, 16, 24));
        var groups = new[] { CompareGroup.ReadModes("all"), Sweep.Read("gamma=0,0.5,1@sfi=deep") };
        var request = new CompareRequest(_folder.Path, [new CompareClip(name, new Choices())], groups) { Set = set };
        var variants = groups.SelectMany(group => group.Variants).Prepend(null);
        return new CompareResult(request, [.. variants.Select((variant, i) => new CellResult(
            name, variant, _folder["frames"], Numbers(variant is null ? null : i), null))]);
    }

    private static CellNumbers Numbers(int? place) => new()
    {
        Measures = new CellMeasures(place is null ? null : 30 - place, place is null ? null : 0.9, 5, 3 - 0.2 * (place ?? 0), 4, null),
        Scores = new CellScores(0.94 + 0.01 * (place ?? 0) % 0.051, 0.97, 60 + 2 * (place ?? 0), 5),
        Seconds = place,
    };
}
