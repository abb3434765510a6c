using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Report;

/// <summary>The page as a browser shows it, without a window: Chromium, where there is one.</summary>
public sealed class BrowserTests : IDisposable
{
    private const int Side = 16, Frames = 4;

    /// <summary>Uses the page as a person would, then writes down what was seen at its end.</summary>
    private const string Probe = """
        <script>
        (async () => {
          const by = id => document.getElementById(id), wait = ms => new Promise(done => setTimeout(done, ms));
          while (!document.documentElement.classList.contains("js")) await wait(20);
          const levels = () => [...document.querySelectorAll("canvas")].map(canvas => {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.filter((_, i) => i % 4 < 3).reduce((sum, value) => sum + value, 0) / pixels.length * 4 / 3;
          });
          const seen = { counts: [] }, stage = by("stage"), hand = document.querySelector(".hand");
          for (let i = 0; i < 12; i++) { seen.counts.push(by("count").textContent); await wait(60); }
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
          const result = document.createElement("pre");
          result.id = "seen";
          result.textContent = JSON.stringify(seen);
          document.body.append(result);
        })();
        </script>
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_clip_plays_the_slider_moves_and_nothing_leaves_the_page()
    {
        string? browser = Chromium();
        Assert.SkipWhen(browser is null, "no chromium on the path");
        // The clip gets brighter by 3 levels a frame, the result is 20 above its first frame and stays so.
        VideoFrames before = Grey(i => 100 + 3 * i), after = Grey(_ => 120);
        string page = TestPages.Html(before, after, TestRuns.Make());
        File.WriteAllText(_folder["page.html"], page.Replace("</body>", Probe + "</body>", StringComparison.Ordinal));
        string dom = await Open(browser!, _folder["page.html"]);
        string[] parts = dom.Split("<pre id=\"seen\">");
        Assert.True(parts.Length == 2, dom.Length > 2000 ? dom[^2000..] : dom);
        using var json = JsonDocument.Parse(WebUtility.HtmlDecode(parts[1].Split("</pre>")[0]));
        var seen = json.RootElement;

        var counts = seen.GetProperty("counts").EnumerateArray().Select(count => count.GetString());
        Assert.True(counts.Distinct().Count() > 2, "it stands still");
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

    private static string? Chromium() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>The page's elements after some seconds of a clock that waits for nothing.</summary>
    private async Task<string> Open(string browser, string page)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_folder["profile"]}", "--virtual-time-budget=20000",
            "--dump-dom", new Uri(page).AbsoluteUri,
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            var stop = TestContext.Current.CancellationToken;
            var complaints = process.StandardError.ReadToEndAsync(stop);
            string dom = await process.StandardOutput.ReadToEndAsync(stop).WaitAsync(TimeSpan.FromSeconds(120), stop);
            await complaints;
            return dom;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
