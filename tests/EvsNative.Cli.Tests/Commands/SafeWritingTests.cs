using System.Security.Cryptography;
using System.Text.Json;
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
                "flush folder frames", "flush compare.html", "flush numbers.json",
                "name frames", "flush folder demo", "name compare.html", "flush folder demo", "name numbers.json", "flush folder demo",
            ],
            steps.Log[16..]);
        AssertFlushed(steps, _scene["demo"], files: 18);
        AssertOneHash(_scene["demo"]);
    }

    [Fact]
    public void A_video_and_its_page_are_flushed_before_they_are_named()
    {
        Ffmpeg.Need();
        string clip = _scene.Frames("in", 2);
        using var steps = new WatchedSteps();
        Evs.Run(["refine", clip, "-o", _scene["out.mp4"], "--report", _scene["page.html"], .. Scene.Short]).Text();
        Assert.Equal(
            ["flush out.mp4", "flush page.html", "name out.mp4", $"flush folder {Here}", "name page.html", $"flush folder {Here}"],
            steps.Log);
        Assert.True(steps.IsFlushed(_scene["out.mp4"]) && steps.IsFlushed(_scene["page.html"]));
    }

    [Fact]
    public void Synthesized_weights_are_flushed_before_they_are_named()
    {
        using var steps = new WatchedSteps();
        Evs.Run("weights", "synthesize", "--size", "tiny", "-o", _scene["model"]).Text();
        Assert.Equal(["flush folder model", "name model", $"flush folder {Here}"], steps.Log[^3..]);
        AssertFlushed(steps, _scene["model"], files: 13);

        Evs.Run("weights", "synthesize", "--size", "tiny", "-o", _scene["model.safetensors"], "--layout", "single").Text();
        Assert.Equal(["flush model.safetensors", "name model.safetensors", $"flush folder {Here}"], steps.Log[^3..]);
        Assert.True(steps.IsFlushed(_scene["model.safetensors"]));
    }

    [Fact]
    public void Whatever_step_fails_the_old_frames_and_the_old_page_are_there_or_whole_new_ones()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Counts the steps of a system that exchanges names: Linux.");
        string clip = _scene.Frames("in", 2), page = _scene["page.html"];
        int failing = 0;
        for (bool isDone = false; !isDone; failing++)
        {
            foreach (string name in new[] { "out", "out-2", "page-2.html" }) Remove(_scene[name]);
            byte[] old = FrameFiles.Read(_scene.Frames("out", 3)).Pixels;
            File.WriteAllText(page, "the old page");
            using var steps = new WatchedSteps(failing);
            var outcome = Evs.Run(["refine", clip, "-o", _scene["out"], "--report", page, "--force", .. Scene.Short]);
            isDone = steps.Log.Count <= failing;

            string failed = steps.Log[Math.Min(failing, steps.Log.Count - 1)];
            bool isClipLost = failed.Contains(".png", StringComparison.Ordinal) || failed == "flush folder out";
            bool isElsewhere = Directory.Exists(_scene["out-2"]);
            Assert.Equal(isDone || failed == "delete out" ? 0 : Faults.UnusableInput, outcome.ExitCode);
            if (isClipLost || isElsewhere) Assert.Equal(old, FrameFiles.Read(_scene["out"]).Pixels);
            else Assert.Equal(2, FrameFiles.Read(_scene["out"]).Count);
            if (isElsewhere) Assert.Equal(2, FrameFiles.Read(_scene["out-2"]).Count);
            // What was written is said, by the table or by the line.
            string said = (outcome.Output + outcome.Error).ReplaceLineEndings("");
            if (!isClipLost) Assert.Contains(isElsewhere ? "out-2" : "out", said, StringComparison.Ordinal);
            string now = File.ReadAllText(page);
            Assert.True(now == "the old page" || now.EndsWith("</html>\n", StringComparison.Ordinal), now.Length > 99 ? now[^99..] : now);
            Assert.DoesNotContain(Directory.GetFileSystemEntries(_scene.Path), path => path.EndsWith(".tmp", StringComparison.Ordinal));
        }

        // Two frames, their folder; the page; moved, exchanged, its folder, deleted; the page named, its folder; the run where none fails.
        Assert.Equal(11, failing);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    /// <summary>Page and numbers say which frames they belong to.</summary>
    private static void AssertOneHash(string demo)
    {
        using var numbers = JsonDocument.Parse(File.ReadAllText(Path.Combine(demo, "numbers.json")));
        string hash = numbers.RootElement.GetProperty("output").GetProperty("hash").GetString()!;
        byte[] pixels = FrameFiles.Read(Path.Combine(demo, "frames")).Pixels;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(pixels))[..16], hash);
        Assert.Contains($"frames {hash}", File.ReadAllText(Path.Combine(demo, "compare.html")), StringComparison.Ordinal);
    }

    private static void AssertFlushed(WatchedSteps steps, string folder, int files)
    {
        string[] written = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(files, written.Length);
        Assert.All(written, file => Assert.True(steps.IsFlushed(file), file));
    }
}
