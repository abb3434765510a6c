
namespace EvsNative.Cli.Tests.Commands;

/// <summary>Places that cannot be written, or must not be: found before any work is done, and what stands there stays as it is.</summary>
public sealed class BadOutputTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("nowhere/out")]
    [InlineData("nowhere/out.mp4")]
    public void A_missing_folder_is_not_made_up(string output) =>
        Refused(["-o", _scene[output]], _scene[output], "there is no folder", "create it");

    [Fact]
    public void A_missing_folder_for_the_page_is_not_made_up_either() =>
        Refused(["-o", _scene["out"], "--report", _scene["nowhere/page.html"]], "nowhere/page.html", "there is no folder");

    [Fact]
    public void A_path_through_a_file_leads_nowhere()
    {
        _scene.Text("file.txt");
        Refused(["-o", _scene["file.txt/out"]], _scene["file.txt/out"], "there is no folder");
    }

    [Fact]
    public void A_folder_that_may_not_be_written_to_is_found_before_any_work()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Needs a place where even root cannot write: /proc of Linux.");
            return;
        }

        Refused(["-o", "/proc/out"], "/proc/out");
        if (Environment.UserName == "root") return;
        Directory.CreateDirectory(_scene["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Refused(["-o", _scene["locked/out"]], _scene["locked/out"], "permission denied");
    }

    [Fact]
    public void Other_kinds_of_video_are_not_written() => Refused(["-o", _scene["out.avi"]], ".avi", ".mp4");

    [Theory]
    [InlineData("-o", "")]
    [InlineData("--report", " ")]
    public void An_empty_name_is_refused(string option, string name) => Refused([option, name], "empty", "--output");

    [Fact]
    public void The_page_needs_a_name_of_its_own() =>
        Refused(["-o", _scene["out.mp4"], "--report", _scene["out.mp4"], "--force"], "out.mp4", "--report");

    [Fact]
    public void What_is_there_stays_without_force()
    {
        _scene.Frames("out", 3);
        Refused(["-o", _scene["out"]], _scene["out"], "--force");
        Refused(["-o", _scene["new"], "--report", _scene.Text("page.html")], _scene["page.html"], "--force");
        Refused(["-o", _scene.Text("out.mp4")], _scene["out.mp4"], "--force");
    }

    [Fact]
    public void The_name_beside_the_clip_is_not_taken_twice()
    {
        _scene.Frames("in-evs", 3);
        Refused([], _scene["in-evs"], "--force");
    }

    [Fact]
    public void Somebodys_other_work_stays_even_with_force()
    {
        _scene.Frames("out", 3);
        _scene.Text("out/thesis.txt");
        Refused(["-o", _scene["out"], "--force"], "thesis.txt", "not replaced");
    }

    [Fact]
    public void Force_replaces_only_by_something_whole()
    {
        string clip = _scene.Frames("in", 2);
        _scene.Frames("out", 3);
        _scene.Text("page.html");
        string[] args = [clip, "-o", _scene["out"], "--report", _scene["page.html"], "--force"];
        _scene.Refuses([.. args, "--fake-weights", "tiny", "--gamma", "2", "--sfi", "deep"]);
        _scene.Refuses([.. args, "--prompt", "x", "--model", _scene["nowhere"]]);

        Evs.Run(["refine", .. args, .. Scene.Short]).Text();
        Assert.Equal(["0000.png", "0001.png"], Directory.GetFiles(_scene["out"]).Select(Path.GetFileName).Order());
        Assert.Contains("<html", File.ReadAllText(_scene["page.html"]), StringComparison.Ordinal);
        Assert.Equal(["in", "out", "page.html"], Directory.GetFileSystemEntries(_scene.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out.mp4")]
    public void A_disk_that_fills_up_keeps_what_it_had(string output)
    {
        if (output.EndsWith(".mp4", StringComparison.Ordinal)) Ffmpeg.Need();
        string clip = _scene.Frames("in", 4, 64, 64);
        using var disk = SmallDisk.Create(_scene["disk"], kilobytes: 16);
        File.WriteAllText(_scene["disk/old.txt"], "the old one");
        var outcome = _scene.Unchanged(() => Evs.Run(["refine", clip, "-o", _scene[$"disk/{output}"], .. Scene.Short]));
        Assert.Equal(Faults.UnusableInput, outcome.ExitCode);
        // That it may come to this is told before the work.
        string[] lines = outcome.Error.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("may find the disk full", lines[0], StringComparison.Ordinal);
        Assert.Contains("disk is full", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Contains(_scene[$"disk/{output}"], line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_demo_leaves_no_folder()
    {
        Assert.Contains("--mode magic", _scene.Refuses("--demo", "-o", _scene["demo"], "--mode", "magic"), StringComparison.Ordinal);
        Assert.Contains("--gamma 2", _scene.Refuses("--demo", "-o", _scene["demo"], "--sfi", "deep", "--gamma", "2"),
            StringComparison.Ordinal);
        Assert.Contains("there is no folder", _scene.Refuses("--demo", "-o", _scene["nowhere/demo"]), StringComparison.Ordinal);
    }

    private void Refused(string[] args, params string[] words)
    {
        string clip = Directory.Exists(_scene["in"]) ? _scene["in"] : _scene.Frames("in", 2);
        string line = _scene.Refuses([clip, "--fake-weights", "tiny", .. args]);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
