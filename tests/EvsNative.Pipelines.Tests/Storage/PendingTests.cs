using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Storage;

/// <summary>Whole or not there: the order of the steps, each of them failing, and a process that is killed before each of them.</summary>
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
        PendingFile.WriteAll(_folder["page.html"], "again"u8, force: true);
        Assert.Equal(["flush page.html", "name page.html", $"flush folder {Here}"], steps.Log[..3]);
        Assert.Equal(["flush page.html", "replace page.html", $"flush folder {Here}"], steps.Log[3..]);
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
    public void A_new_folder_is_named_and_an_empty_one_is_filled()
    {
        using var steps = new WatchedSteps();
        FrameFiles.Write(_folder["out"], TestVideos.Noise(1, 4, 4, 1));
        Assert.Equal(["flush 0000.png", "flush folder out", "name out", $"flush folder {Here}"], steps.Log);
        Directory.CreateDirectory(_folder["empty"]);
        FrameFiles.Write(_folder["empty"], TestVideos.Noise(1, 4, 4, 1));
        Assert.Equal(["fill empty", $"flush folder {Here}"], steps.Log[^2..]);
        Assert.Equal(["empty", "out"], _folder.Names());
    }

    [Theory]
    [InlineData(true, "move new out to aside out", "exchange out")]
    [InlineData(
        false, "move new out to aside out", "exchange out", "move aside out to new out", "move out to aside out", "move new out to out")]
    public void A_folders_files_are_flushed_then_it_changes_places_then_the_old_one_is_deleted(bool canExchange, params string[] swap)
    {
        if (!OperatingSystem.IsLinux()) Assert.SkipWhen(canExchange, "Needs a system that exchanges names: Linux.");
        FrameFiles.Write(_folder["out"], TestVideos.Noise(1, 4, 4, 1));
        using var steps = new WatchedSteps { CanExchange = canExchange };
        FrameFiles.Write(_folder["out"], TestVideos.Noise(2, 4, 4, 2), force: true);
        Assert.Equal(["flush 0000.png", "flush 0001.png"], steps.Log[..2].Order());
        Assert.Equal(["flush folder out", .. swap, $"flush folder {Here}", "delete out"], steps.Log[2..]);
        Assert.True(steps.IsFlushed(_folder["out/0001.png"]));
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void A_step_that_fails_leaves_the_old_file_or_the_whole_new_one()
    {
        for (int failing = 0; failing < 3; failing++)
        {
            File.WriteAllText(_folder["page.html"], "old");
            using (new WatchedSteps(failing))
            {
                if (failing == 1) Assert.Equal(_folder["page-2.html"], PendingFile.WriteAll(_folder["page.html"], "new"u8, force: true));
                else
                {
                    InputErrors.Expect(
                        () => PendingFile.WriteAll(_folder["page.html"], "new"u8, force: true), InputCode.NotWritable, "page.html");
                }
            }

            Assert.Equal(failing < 2 ? "old" : "new", File.ReadAllText(_folder["page.html"]));
        }

        Assert.Equal(["page-2.html", "page.html"], _folder.Names());
        Assert.Equal("new", File.ReadAllText(_folder["page-2.html"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_step_fails_the_old_folder_is_there_or_the_whole_new_one(bool canExchange)
    {
        var ends = new List<string>();
        for (int failing = 0; ends.LastOrDefault() != "done"; failing++)
        {
            using var scene = new ScratchFolder();
            Old(scene);
            using var steps = new WatchedSteps(failing) { CanExchange = canExchange };
            string end = steps.Log.Count <= failing ? "done" : "failed";
            try
            {
                string place = Replace(scene, "new").Place;
                Assert.Equal("new", Content(place));
                end = steps.Log.Count <= failing ? "done" : Path.GetFileName(place);
            }
            catch (InputException e)
            {
                (end, _) = ("failed", InputErrors.Expect(() => throw e, InputCode.NotWritable, scene["out"]));
            }

            Assert.Equal(end is "done" or "out" ? "new" : "old", Content(scene["out"]));
            Assert.Equal(end == "out-2" ? ["out", "out-2"] : ["out"], scene.Names());
            ends.Add(end);
        }

        // Flushing must not fail; a place that cannot be had is no reason to lose the result; an old folder that stays is not worth a word.
        if (canExchange) Assert.Equal(["failed", "failed", "out-2", "out-2", "out-2", "out", "done"], ends);
        else Assert.Equal(["failed", "failed", "out-2", "out-2", "failed", "out-2", "out-2", "out-2", "out", "done"], ends);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Killed_at_any_step_nothing_is_lost_and_the_next_run_leaves_nothing_behind(bool canExchange)
    {
        bool isDone = false;
        for (int killed = 0; !isDone; killed++)
        {
            using var scene = new ScratchFolder();
            Old(scene);
            using (var steps = new WatchedSteps(killed) { CanExchange = canExchange, IsKill = true })
            {
                try
                {
                    Replace(scene, "new");
                }
                catch (InputException)
                {
                    // It says so to nobody.
                }

                isDone = steps.Log.Count <= killed;
            }

            if (canExchange && OperatingSystem.IsLinux()) Assert.Contains(Content(scene["out"]), new[] { "old", "new" });
            var swept = Leftovers.Sweep(scene["out"], Texts);
            Assert.Equal(isDone ? [] : [NoticeCode.CleanedUp], swept.Select(notice => notice.Code));
            Assert.Equal(["out"], scene.Names());
            Assert.Contains(Content(scene["out"]), new[] { "old", "new" });
        }
    }

    private static void Old(ScratchFolder scene)
    {
        Directory.CreateDirectory(scene["out"]);
        File.WriteAllText(scene["out/a.txt"], "old");
    }

    private static (string Place, IReadOnlyList<Notice> Notices) Replace(ScratchFolder scene, string content)
    {
        using var pending = new PendingFolder(scene["out"], force: true, Texts);
        File.WriteAllText(Path.Combine(pending.Temporary, "a.txt"), content);
        return (pending.Commit(), pending.Notices);
    }

    private static string Content(string folder) => File.ReadAllText(Path.Combine(folder, "a.txt"));
}
