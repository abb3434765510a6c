using System.Text.RegularExpressions;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Tests.Report;

public sealed partial class ComparePageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_frame_is_inside_in_order_and_without_loss()
    {
        VideoFrames before = TestVideos.Noise(5, 24, 32, 1), after = TestVideos.Noise(5, 48, 64, 2);
        string html = ComparePage.Html(before, after, TestRuns.Make());
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
    }

    [Fact]
    public void Heavy_clips_are_kept_as_jpeg()
    {
        var clip = TestVideos.Smooth(4, 1024, 1024);
        var frames = Embedded(ComparePage.Html(clip, clip, TestRuns.Make()), "jpeg");
        Assert.Equal(8, frames.Length);
        for (int i = 1; i < 4; i++)
            Assert.InRange(
                VideoMeasures.PsnrOf(frames[1 + i], TestVideos.Of(clip.Frame(i).ToArray(), 1, 1024, 1024, clip.Rate, "one")), 38, 100);
    }

    [Fact]
    public void Nothing_is_fetched()
    {
        string html = WithoutFrames(ComparePage.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(2, 16, 16, 2), TestRuns.Make()));
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
        string html = WithoutFrames(ComparePage.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(2, 8, 8, 2), run));
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; {{measures}} &amp;", html, StringComparison.Ordinal);
        Assert.Contains("<li>sound of &lt;b&gt;.mp4</li>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_numbers_are_on_it()
    {
        string html = WithoutFrames(ComparePage.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(2, 8, 8, 2), TestRuns.Make()));
        string text = System.Net.WebUtility.HtmlDecode(html);
        string[] numbers =
        [
            "8.00", "−75 %", "+1.50 dB", "image noise 20..10", "a device [green]", "3.4 GB", "64 × 48 to 128 × 96", "29.97 a second",
            "guidance", "7.5",
        ];
        Assert.All(numbers, number => Assert.Contains(number, text, StringComparison.Ordinal));
        Assert.Contains("class=\"better\"", html, StringComparison.Ordinal);
        Assert.Contains("class=\"worse\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_not_written_over_without_force()
    {
        var clip = TestVideos.Noise(2, 8, 8, 1);
        ComparePage.Write(_folder["page.html"], clip, clip, TestRuns.Make());
        InputErrors.Expect(() => ComparePage.CheckWritable(_folder["page.html"], force: false), InputCode.Exists, _folder["page.html"]);
        InputErrors.Expect(
            () => ComparePage.Write(_folder["page.html"], clip, clip, TestRuns.Make()), InputCode.Exists, _folder["page.html"]);
        ComparePage.Write(_folder["page.html"], clip, clip, TestRuns.Make(), force: true);
        Assert.Equal(["page.html"], _folder.Names());
    }

    [Fact]
    public void Clips_of_two_lengths_are_not_shown_together() =>
        Assert.Throws<ArgumentException>(
            () => ComparePage.Html(TestVideos.Noise(2, 8, 8, 1), TestVideos.Noise(3, 8, 8, 1), TestRuns.Make()));

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
