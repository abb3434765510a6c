using System.Text.Json;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Report;

/// <summary>The page as a browser shows it, without a window: Chromium, where there is one.</summary>
public sealed class BrowserTests : IDisposable
{
    private const int Side = 16, Frames = 4;

    /// <summary>Uses the page as a person would and tells what was seen.</summary>
    private const string Probe = """
        (async () => {
          const by = id => document.getElementById(id), wait = ms => new Promise(done => setTimeout(done, ms));
          while (!document.documentElement?.classList.contains("js")) await wait(20);
          const levels = () => [...document.querySelectorAll("canvas")].map(canvas => {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.filter((_, i) => i % 4 < 3).reduce((sum, value) => sum + value, 0) / pixels.length * 4 / 3;
          });
          const seen = { counts: [] }, stage = by("stage"), hand = document.querySelector(".hand");
          for (let i = 0; i < 500 && new Set(seen.counts).size < 3; i++) {
            seen.counts.push(by("count").textContent);
            await wait(40);
          }
          by("frame").value = 2;
          by("frame").dispatchEvent(new Event("input"));
          for (const look of ["picture", "difference", "flicker"]) {
            by(look).click();
            seen[look] = levels();
          }
          seen.hand = hand.getAttribute("transform");
          by("next").click();
          seen.handOn = hand.getAttribute("transform");
          by("split").value = 80;
          by("split").dispatchEvent(new Event("input"));
          seen.at = stage.style.getPropertyValue("--at");
          seen.isSplit = stage.classList.contains("split");
          by("beside").click();
          seen.isBeside = !stage.classList.contains("split");
          seen.lines = document.querySelectorAll(".plot polyline").length;
          seen.requests = performance.getEntriesByType("resource").map(entry => entry.name).filter(name => !name.startsWith("data:"));
          return JSON.stringify(seen);
        })()
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_clip_plays_the_slider_moves_and_nothing_leaves_the_page()
    {
        string? browser = Browser.Find();
        Assert.SkipWhen(browser is null, "no chromium on the path");
        // The clip gets brighter by 3 levels a frame, the result is 20 above its first frame and stays so.
        VideoFrames before = Grey(i => 100 + 3 * i), after = Grey(_ => 120);
        File.WriteAllText(_folder["page.html"], TestPages.Html(before, after, TestRuns.Make()));
        using var window = await Browser.Open(browser!, _folder["page.html"], _folder["profile"], TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await window.Evaluate(Probe));
        var seen = json.RootElement;

        var counts = seen.GetProperty("counts").EnumerateArray().Select(count => count.GetString());
        Assert.True(counts.Distinct().Count() >= 3, "it stands still");
        Assert.Equal([106, 120], Levels("picture"));
        Assert.Equal([14, 14], Levels("difference"));
        Assert.Equal([3, 0], Levels("flicker"));
        Assert.Equal("80%", seen.GetProperty("at").GetString());
        Assert.True(seen.GetProperty("isSplit").GetBoolean() && seen.GetProperty("isBeside").GetBoolean());
        Assert.NotEqual(seen.GetProperty("hand").GetString(), seen.GetProperty("handOn").GetString());
        Assert.Equal(4, seen.GetProperty("lines").GetInt32());
        Assert.Empty(seen.GetProperty("requests").EnumerateArray());

        double[] Levels(string look) => [.. seen.GetProperty(look).EnumerateArray().Select(level => Math.Round(level.GetDouble(), 6))];
    }

    private static VideoFrames Grey(Func<int, int> level)
    {
        byte[] pixels = [.. Enumerable.Range(0, Frames).SelectMany(i => Enumerable.Repeat((byte)level(i), Side * Side * 3))];
        return TestVideos.Of(pixels, Frames, Side, Side, FrameFiles.DefaultRate, "grey");
    }
}
