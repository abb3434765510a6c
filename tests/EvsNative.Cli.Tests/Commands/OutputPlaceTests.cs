using System.Diagnostics;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Where results go: what is read is never replaced, names are what people mean, and no finished result is lost.</summary>
public sealed class OutputPlaceTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>Each row: the clip, the output, the page. There are frames in "in", a clip "clip.mp4", names that lead to them.</summary>
    [Theory]
    [InlineData("in", "in")]
    [InlineData("in", "in/")]
    [InlineData("in", "./x/../in")]
    [InlineData("in", "folder-link")]
    [InlineData("folder-link", "in")]
    [InlineData("clip.mp4", "clip.mp4")]
    [InlineData("clip.mp4", "x/../clip.mp4")]
    [InlineData("clip.mp4", "link.mp4")]
    [InlineData("link.mp4", "clip.mp4")]
    [InlineData("clip.mp4", "hard.mp4")]
    [InlineData("clip.mp4", "folder-link/../clip.mp4")]
    [InlineData("clip.mp4", "out", "clip.mp4")]
    [InlineData("clip.mp4", "out", "hard.mp4")]
    [InlineData("in/0001.png", "in")]
    [InlineData("in/0001.png", "folder-link")]
    [InlineData("in", "out.mp4", "out.mp4")]
    [InlineData("in", "x/../out.mp4", "out.mp4")]
    [InlineData("in", "new", "new")]
    [InlineData("in", "empty", "empty/page.html")]
    [InlineData("in", "out", "in/0001.png")]
    [InlineData("in", "out", "folder-link/0000.png")]
    [InlineData("links", "in")]
    [InlineData("links", "out", "in/0000.png")]
    public void What_is_read_or_written_besides_is_not_replaced(string clip, string output, string? page = null)
    {
        _scene.Frames("in", 2);
        _scene.Text("clip.mp4");
        Directory.CreateDirectory(_scene["x"]);
        Directory.CreateDirectory(_scene["empty"]);
        File.CreateSymbolicLink(_scene["link.mp4"], "clip.mp4");
        Directory.CreateSymbolicLink(_scene["folder-link"], "in");
        Directory.CreateDirectory(_scene["links"]);
        foreach (string frame in new[] { "0000.png", "0001.png" })
            File.CreateSymbolicLink(Path.Combine(_scene["links"], frame), Path.Combine(_scene["in"], frame));
        if (output == "hard.mp4" || page == "hard.mp4")
        {
            if (!OperatingSystem.IsLinux()) Assert.Skip("Files of two names are told on Linux only.");
            using var link = Process.Start("ln", [_scene["clip.mp4"], _scene["hard.mp4"]]);
            link.WaitForExit();
        }

        string[] report = page is null ? [] : ["--report", _scene[page]];
        string[] args = [_scene[clip], "--fake-weights", "tiny", "--force", "-o", _scene[output], .. report];
        var outcome = _scene.Unchanged(() => Evs.Run(["refine", "--json", .. args]));
        outcome.Complaint();
        Assert.Contains("\"conflict\"", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_what_people_mean()
    {
        string clip = _scene.Frames("v1.5", 2);
        Evs.Run(["refine", clip, "-o", _scene["new_0.4/"], .. Scene.Short]).Text();
        Assert.Equal(2, FrameFiles.Read(_scene["new_0.4"]).Count);
        Directory.Move(clip, _scene["x.mp4"]);
        Evs.Run(["refine", _scene["x.mp4/"], .. Scene.Short]).Text();
        Assert.Equal(2, FrameFiles.Read(_scene["x-evs"]).Count);
    }

    [Fact]
    public void A_place_that_is_taken_while_the_run_goes_on_costs_no_result()
    {
        string clip = _scene.Frames("in", 2);
        using var steps = new WatchedSteps { Before = step => Taken(step, _scene["out"]) };
        var outcome = Evs.Run(["refine", clip, "-o", _scene["out"], "--report", _scene["page.html"], "--json", .. Scene.Short]);
        Assert.Equal(Faults.UnusableInput, outcome.ExitCode);
        string line = $"{_scene["out"]} holds more than frames (precious.txt) and is not replaced: the result is in {_scene["out-2"]}";
        Assert.Equal($"evsnative: {line}", outcome.Error.Trim());
        var summary = (outcome with { ExitCode = 0 }).Json();
        Assert.Equal(
            [_scene["out-2"], _scene["page.html"]], summary.GetProperty("written").EnumerateArray().Select(path => path.GetString()));
        Assert.Equal(_scene["out-2"], summary.GetProperty("output").GetProperty("path").GetString());
        Assert.Equal(["renamed"], summary.GetProperty("warnings").EnumerateArray().Select(row => row.GetProperty("code").GetString()));
        Assert.Equal("years of work", File.ReadAllText(_scene["out/precious.txt"]));
        Assert.Equal(2, FrameFiles.Read(_scene["out-2"]).Count);

        static void Taken(int step, string place)
        {
            if (step > 0) return;
            Directory.CreateDirectory(place);
            File.WriteAllText(Path.Combine(place, "precious.txt"), "years of work");
        }
    }

    [Fact]
    public void A_page_that_cannot_be_written_does_not_keep_the_clip_back()
    {
        string clip = _scene.Frames("in", 2);
        using var steps = new WatchedSteps(failing: 3);
        var outcome = Evs.Run(["refine", clip, "-o", _scene["out"], "--report", _scene["page.html"], .. Scene.Short]);
        Assert.Equal("flush page.html", steps.Log[3]);
        string line = outcome.Complaint();
        Assert.Contains($"cannot write {_scene["page.html"]}", line, StringComparison.Ordinal);
        Assert.EndsWith($"written: {_scene["out"]}", line, StringComparison.Ordinal);
        Assert.Equal(2, FrameFiles.Read(_scene["out"]).Count);
        Assert.Equal(["in", "out"], Directory.GetFileSystemEntries(_scene.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_a_killed_run_left_is_taken_away_before_the_work()
    {
        string clip = _scene.Frames("in", 2);
        using (var steps = new WatchedSteps(failing: 3) { IsKill = true })
            Evs.Run(["refine", clip, "-o", _scene["out"], "--report", _scene["page.html"], .. Scene.Short]);
        Assert.Equal(3, Directory.GetFileSystemEntries(_scene.Path).Length);
        // Refused later, for another reason: what is left goes at the start.
        string[] wrong = ["--model", _scene["nowhere"], "--prompt", "a"];
        var outcome = Evs.Run(["refine", clip, "-o", _scene["out"], "--report", _scene["page.html"], .. wrong]);
        string[] lines = outcome.Error.Trim().Split('\n');
        Assert.Equal(2, lines.Count(line => line.Contains("was removed", StringComparison.Ordinal)));
        Assert.Equal(["in"], Directory.GetFileSystemEntries(_scene.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Little_space_is_told_before_the_work_and_none_is_refused()
    {
        string clip = _scene.Frames("in", 2);
        using (var none = new WatchedSteps { Free = 40 })
            Assert.Contains("0.0 MB are free", _scene.Refuses([clip, "-o", _scene["out"], .. Scene.Short]), StringComparison.Ordinal);
        using var little = new WatchedSteps { Free = 2000 };
        var summary = Evs.Run(["refine", clip, "-o", _scene["out"], "--json", .. Scene.Short]).Json();
        Assert.Equal(["little-space"], summary.GetProperty("warnings").EnumerateArray().Select(row => row.GetProperty("code").GetString()));
    }

    [Fact]
    public void A_clip_in_a_folder_that_cannot_be_written_needs_a_place_for_its_result()
    {
        using var disk = SmallDisk.Create(_scene["disk"], kilobytes: 64);
        string clip = _scene.Frames("disk/in", 2);
        disk.MakeReadOnly();
        string line = _scene.Refuses(clip, "--fake-weights", "tiny");
        Assert.Contains("-o", line, StringComparison.Ordinal);
        Assert.Contains("read-only", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_temporary_folder_is_needed()
    {
        string clip = _scene.Video("in.mp4", 2);
        var nowhere = new Dictionary<string, string> { ["TMPDIR"] = "/nonexistent", ["TMP"] = "/nonexistent", ["TEMP"] = "/nonexistent" };
        string[] args = ["refine", clip, "-o", _scene["out.mp4"], .. Scene.Short];
        (await Evs.RunProcess(_scene.Path, args, environment: nowhere)).Text();
        Assert.Equal(2, FrameFiles.Read(_scene["out.mp4"]).Count);
    }
}
