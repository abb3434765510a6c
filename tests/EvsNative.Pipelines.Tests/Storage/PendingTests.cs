using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Storage;

/// <summary>Whole or not there: the order of the steps, each of them failing, and others who come in between.</summary>
public sealed class PendingTests : IDisposable
{
    private static readonly FolderContent Texts = new("texts", "", entry => entry.EndsWith(".txt", StringComparison.Ordinal));

    private readonly ScratchFolder _folder = new();

    private string Here => Path.GetFileName(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_flushed_then_named_then_its_folder_is_flushed()
    {
        using var steps = new WatchedSteps();
        PendingFile.WriteAll(_folder["page.html"], "hello"u8, force: false);
        Assert.Equal(["flush page.html", "name page.html", $"flush folder {Here}"], steps.Log);
        Assert.True(steps.IsFlushed(_folder["page.html"]));
    }

    [Fact]
    public void A_video_and_a_file_of_weights_go_the_same_way()
    {
        Ffmpeg.Need();
        using var steps = new WatchedSteps();
        FrameFiles.Write(_folder["out.mp4"], TestVideos.Smooth(2, 16, 16));
        SafetensorsWriter.Save(_folder["a.safetensors"], [("x", [2], [1f, 2f])]);
        Assert.Equal(
            ["flush out.mp4", "name out.mp4", $"flush folder {Here}", "flush a.safetensors", "name a.safetensors", $"flush folder {Here}"],
            steps.Log);
        Assert.True(steps.IsFlushed(_folder["out.mp4"]) && steps.IsFlushed(_folder["a.safetensors"]));
    }

    [Fact]
    public void A_folders_files_are_flushed_then_it_is_named_then_the_old_one_is_deleted()
    {
        FrameFiles.Write(_folder["out"], TestVideos.Noise(1, 4, 4, 1));
        using var steps = new WatchedSteps();
        FrameFiles.Write(_folder["out"], TestVideos.Noise(2, 4, 4, 2), force: true);
        Assert.Equal(["flush 0000.png", "flush 0001.png"], steps.Log[..2].Order());
        Assert.Equal(["flush folder out", "put aside out", "name folder out", $"flush folder {Here}", "delete out"], steps.Log[2..]);
        Assert.True(steps.IsFlushed(_folder["out/0001.png"]));
    }

    [Theory]
    [InlineData(0, "old")]
    [InlineData(1, "old")]
    [InlineData(2, "new")]
    public void A_step_that_fails_leaves_the_old_file_or_the_whole_new_one(int failing, string content)
    {
        File.WriteAllText(_folder["page.html"], "old");
        using (new WatchedSteps(failing))
            InputErrors.Expect(
                () => PendingFile.WriteAll(_folder["page.html"], "new"u8, force: true), InputCode.NotWritable, _folder["page.html"]);
        Assert.Equal(content, File.ReadAllText(_folder["page.html"]));
        Assert.Equal(["page.html"], _folder.Names());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_step_that_fails_leaves_the_old_folder(int failing)
    {
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/a.txt"], "old");
        using (new WatchedSteps(failing))
            InputErrors.Expect(() => Replace("new", () => { }), InputCode.NotWritable, _folder["out"]);
        Assert.Equal("old", File.ReadAllText(_folder["out/a.txt"]));
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void A_file_that_comes_between_the_check_and_the_end_stays()
    {
        using (var pending = new PendingFile(_folder["page.html"], force: false))
        {
            File.WriteAllText(pending.Temporary, "ours");
            File.WriteAllText(_folder["page.html"], "theirs");
            InputErrors.Expect(pending.Commit, InputCode.Exists, _folder["page.html"]);
        }

        Assert.Equal("theirs", File.ReadAllText(_folder["page.html"]));
        Assert.Equal(["page.html"], _folder.Names());
    }

    [Fact]
    public void What_comes_into_the_old_folder_between_the_check_and_the_end_stays()
    {
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/a.txt"], "old");
        string line = InputErrors.Expect(
            () => Replace("new", () => File.WriteAllText(_folder["out/thesis.tex"], "years of work")), InputCode.Exists, _folder["out"]);
        Assert.Contains("thesis.tex", line, StringComparison.Ordinal);
        Assert.Equal(["a.txt", "thesis.tex"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal("old", File.ReadAllText(_folder["out/a.txt"]));
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void An_empty_folder_that_fills_meanwhile_is_not_replaced_without_force()
    {
        Directory.CreateDirectory(_folder["out"]);
        InputErrors.Expect(
            () => Replace("new", () => File.WriteAllText(_folder["out/a.txt"], "theirs"), force: false), InputCode.Exists, _folder["out"]);
        Assert.Equal("theirs", File.ReadAllText(_folder["out/a.txt"]));
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void A_folder_of_an_impossible_name_is_no_reason_to_stop_a_flush()
    {
        FolderFlush.Do(_folder["nowhere"]);
        FolderFlush.Do(_folder.Path);
    }

    private void Replace(string content, Action meanwhile, bool force = true)
    {
        using var pending = new PendingFolder(_folder["out"], force, Texts);
        File.WriteAllText(Path.Combine(pending.Temporary, "a.txt"), content);
        meanwhile();
        pending.Commit();
    }
}
