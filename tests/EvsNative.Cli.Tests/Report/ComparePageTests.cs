using System.Text.RegularExpressions;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Tests.Report;

public sealed partial class ComparePageTests
{
    [Fact]
    public void Every_frame_is_inside_in_order_and_without_loss()
    {
        VideoFrames before = TestVideos.Noise(5, 48, 64, 1), after = TestVideos.Noise(5, 48, 64, 2);
        string html = TestPages.Html(before, after, TestRuns.Make());
        var frames = Embedded(html, "png");
        Assert.Equal(10, frames.Length);
        // The two first frames are pictures of the page itself, the others follow in its script: before, then after.
        Assert.Equal(before.Frame(0).ToArray(), frames[0].Pixels);
        Assert.Equal(after.Frame(0).ToArray(), frames[1].Pixels);
        for (int i = 1; i < 5; i++)
        {
            Assert.Equal(before.Frame(i).ToArray(), frames[1 + i].Pixels);
            Assert.Equal(after.Frame(i).ToArray(), frames[5 + i].Pixels);
        }

        Assert.Contains("const times = [0,0.125,0.25,0.375,0.5,0.625];", html, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"part\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Heavy_clips_are_kept_as_jpeg()
    {
        var clip = TestVideos.Smooth(4, 1024, 1024);
        var frames = Embedded(TestPages.Html(clip, clip, TestRuns.Make()), "jpeg");
        Assert.Equal(8, frames.Length);
        for (int i = 1; i < 4; i++)
            Assert.InRange(
                VideoMeasures.PsnrOf(frames[1 + i], TestVideos.Of(clip.Frame(i).ToArray(), 1, 1024, 1024, clip.Rate, "one")), 38, 100);
    }

    [Fact]
    public void Of_a_long_clip_the_beginning_is_shown_and_the_page_says_so()
    {
        const long Most = 600_000;
        var clip = TestVideos.Noise(40, 64, 96, 1);
        var frames = TestPages.Frames(clip, clip, Most);
        string html = TestPages.Html(frames, TestRuns.Make());
        int shown = frames.Pairs.Count;
        Assert.InRange(shown, 5, 39);
        Assert.Equal(clip.StampOf(shown), frames.End);
        Assert.Contains($"This page plays the first {shown} frames, ", html, StringComparison.Ordinal);
        Assert.Contains(" s, of 40; the written clip has all", html, StringComparison.Ordinal);
        Assert.Equal(2 * shown, Embedded(html, "png").Length);
        int bytes = Frame().Matches(html).Sum(match => match.Groups[2].Length);
        Assert.InRange(bytes, Most - (2 * bytes / shown), Most);

        // However large a frame is, one is shown.
        Assert.Single(TestPages.Frames(clip, clip, 1).Pairs);
    }

    [Fact]
    public void A_page_without_the_clip_that_was_given_is_none()
    {
        var frames = new PageFrames();
        frames.Begin(new VideoFormat(8, 8, FrameFiles.DefaultRate), 2);
        InputErrors.Expect(() => TestPages.Html(frames, TestRuns.Make()), InputCode.Damaged, "there is no page");
    }

    [Fact]
    public void Both_measures_are_plotted_over_time()
    {
        var clip = TestVideos.Noise(2, 8, 8, 1);
        string html = WithoutFrames(TestPages.Html(clip, clip, TestRuns.Make()));
        Assert.Equal(2, html.Split("<svg class=\"plot\"").Length - 1);
        Assert.Contains("Residual over time", html, StringComparison.Ordinal);
        string none = WithoutFrames(TestPages.Html(clip, clip, TestRuns.Make() with { Series = new([], new([], []), new([], [])) }));
        Assert.DoesNotContain("over time", none, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_fetched()
    {
        string html = WithoutFrames(TestPages.Html(TestVideos.Noise(2, 16, 16, 1), TestVideos.Noise(2, 16, 16, 2), TestRuns.Make()));
        Assert.DoesNotContain("http:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_users_words_are_words_and_nothing_else()
    {
        var run = TestRuns.Make() with
        {
            Prompt = "</title><script>alert(1)</script> {{measures}} & \"quotes\"",
            Settings = new Dictionary<string, object?> { ["negative"] = "<img src=x>" },
            Warnings = [new Notice(NoticeCode.Dropped, "sound of <b>.mp4")],
        };
        string html = WithoutFrames(TestPages.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(2, 8, 8, 2), run));
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; {{measures}} &amp;", html, StringComparison.Ordinal);
        Assert.Contains("<li>sound of &lt;b&gt;.mp4</li>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_numbers_are_on_it()
    {
        string html = WithoutFrames(TestPages.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(2, 8, 8, 2), TestRuns.Make()));
        string text = System.Net.WebUtility.HtmlDecode(html);
        string[] numbers =
        [
            "8.00", "−75 %", "+1.50 dB", "image noise 20..10", "a device [green]", "3.4 GB", "64 × 48 to 128 × 96", "29.97 a second",
            "guidance", "7.5", "activations", "2.1 GB", "the process at most",
        ];
        Assert.All(numbers, number => Assert.Contains(number, text, StringComparison.Ordinal));
        Assert.Contains("class=\"better\"", html, StringComparison.Ordinal);
        Assert.Contains("class=\"worse\"", html, StringComparison.Ordinal);
    }

    private static VideoFrames[] Embedded(string html, string kind) => [.. Frame().Matches(html).Select(match =>
    {
        Assert.Equal(kind, match.Groups[1].Value);
        (byte[] pixels, int width, int height) = StillImage.Decode(Convert.FromBase64String(match.Groups[2].Value));
        return TestVideos.Of(pixels, 1, height, width, FrameFiles.DefaultRate, "embedded");
    })];

    private static string WithoutFrames(string html) => Frame().Replace(html, "");

    [GeneratedRegex("data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)")]
    private static partial Regex Frame();
}
