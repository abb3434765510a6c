using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Whatever a command writes is flushed to the disk before it gets its name, and what was there stays until then.</summary>
public sealed class SafeWritingTests : IDisposable
{
    private readonly Scene _scene = new();

    private string Here => Path.GetFileName(_scene.Path);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void The_demos_frames_page_and_numbers_are_flushed_before_they_are_named()
    {
        using var steps = new WatchedSteps();
        string[] method = ["--image-start", "1", "--insert-at", "1", "--video-start", "1", "--video-calls", "1", "--guidance", "1"];
        Evs.Run(["refine", "--demo", "-o", _scene["demo"], .. method]).Text();
        string[] frames = [.. Enumerable.Range(0, 16).Select(i => $"flush {i:0000}.png")];
        Assert.Equal(frames, steps.Log[..16].Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "flush folder frames", "name folder frames", "flush folder demo",
                "flush compare.html", "name compare.html", "flush folder demo",
                "flush numbers.json", "name numbers.json", "flush folder demo",
            ],
            steps.Log[16..]);
        AssertFlushed(steps, _scene["demo"], files: 18);
    }

    [Fact]
    public void A_video_and_its_page_are_flushed_before_they_are_named()
    {
        Ffmpeg.Need();
        string clip = _scene.Frames("in", 2);
        using var steps = new WatchedSteps();
        Evs.Run(["refine", clip, "-o", _scene["out.mp4"], "--report", _scene["page.html"], .. Scene.Short]).Text();
        Assert.Equal(
            ["flush out.mp4", "name out.mp4", $"flush folder {Here}", "flush page.html", "name page.html", $"flush folder {Here}"],
            steps.Log);
        Assert.True(steps.IsFlushed(_scene["out.mp4"]) && steps.IsFlushed(_scene["page.html"]));
    }

    [Fact]
    public void Synthesized_weights_are_flushed_before_they_are_named()
    {
        using var steps = new WatchedSteps();
        Evs.Run("weights", "synthesize", "--size", "tiny", "-o", _scene["model"]).Text();
        Assert.Equal(["flush folder model", "name folder model", $"flush folder {Here}"], steps.Log[^3..]);
        AssertFlushed(steps, _scene["model"], files: 13);

        Evs.Run("weights", "synthesize", "--size", "tiny", "-o", _scene["model.safetensors"], "--layout", "single").Text();
        Assert.Equal(["flush model.safetensors", "name model.safetensors", $"flush folder {Here}"], steps.Log[^3..]);
        Assert.True(steps.IsFlushed(_scene["model.safetensors"]));
    }

    [Fact]
    public void A_disk_that_fails_at_any_step_keeps_the_old_frames_and_the_old_page_whole()
    {
        string clip = _scene.Frames("in", 2), page = _scene.Text("page.html", "the old page");
        byte[] old = FrameFiles.Read(_scene.Frames("out", 3)).Pixels;
        int failing = 0;
        for (Outcome? outcome = null; outcome is not { ExitCode: 0 }; failing++)
        {
            using var steps = new WatchedSteps(failing);
            outcome = Evs.Run(["refine", clip, "-o", _scene["out"], "--report", page, "--force", .. Scene.Short]);
            if (outcome.ExitCode != 0) outcome.Complaint();

            bool isReplaced = steps.Log.Contains("delete out");
            bool isNamed = steps.Log.Contains("name page.html") && steps.Log[^1] != "name page.html";
            var frames = FrameFiles.Read(_scene["out"]);
            if (isReplaced) Assert.Equal(2, frames.Count);
            else Assert.Equal(old, frames.Pixels);
            Assert.Contains(isNamed ? "<html" : "the old page", File.ReadAllText(page), StringComparison.Ordinal);
        }

        // Two frames, their folder, aside, named, its folder, deleted; the page flushed, named, its folder; and the run in which none
        // fails.
        Assert.Equal(11, failing);
    }

    private static void AssertFlushed(WatchedSteps steps, string folder, int files)
    {
        string[] written = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(files, written.Length);
        Assert.All(written, file => Assert.True(steps.IsFlushed(file), file));
    }
}
