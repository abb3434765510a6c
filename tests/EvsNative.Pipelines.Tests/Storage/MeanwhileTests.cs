using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests.Storage;

/// <summary>Others who come in between: at whatever step they come, what is theirs stays and what was made is not thrown away.</summary>
public sealed class MeanwhileTests : IDisposable
{
    private static readonly FolderContent Texts = new("texts", "", entry => entry.EndsWith(".txt", StringComparison.Ordinal));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("free", false, true)]
    [InlineData("free", true, true)]
    [InlineData("empty", false, true)]
    [InlineData("empty", true, true)]
    [InlineData("old", true, true)]
    [InlineData("old", true, false)]
    public void A_strangers_file_survives_whenever_it_comes(string before, bool force, bool canExchange)
    {
        int step = 0;
        for (bool hasCome = true; hasCome; step++)
        {
            using var scene = new ScratchFolder();
            if (before != "free") Directory.CreateDirectory(scene["out"]);
            if (before == "old") File.WriteAllText(scene["out/a.txt"], "old");
            hasCome = false;
            using var steps = new WatchedSteps
            {
                CanExchange = canExchange,
                Before = number =>
                {
                    if (number != step) return;
                    Directory.CreateDirectory(scene["out"]);
                    File.WriteAllText(scene["out/thesis.tex"], "years of work");
                    hasCome = true;
                },
            };
            string place = Folder(scene, force, out var notices);
            if (hasCome) Assert.Equal("years of work", File.ReadAllText(scene["out/thesis.tex"]));
            Assert.Equal("new", File.ReadAllText(Path.Combine(place, "a.txt")));
            if (place == scene["out"]) continue;
            var notice = Assert.Single(notices);
            Assert.Equal(NoticeCode.Renamed, notice.Code);
            Assert.Contains(scene["out-2"], notice.Message, StringComparison.Ordinal);
            Assert.Equal(scene["out-2"], place);
            // Where names cannot be exchanged, the place is free for a moment; what stood there is then said to be elsewhere.
            if (notice.Message.Contains("by hand", StringComparison.Ordinal))
            {
                Assert.False(canExchange);
                string aside = Assert.Single(
                    Directory.GetDirectories(scene.Path, "aside", SearchOption.AllDirectories),
                    folder => notice.Message.Contains(folder, StringComparison.Ordinal));
                Assert.Equal("old", File.ReadAllText(Path.Combine(aside, "a.txt")));
                continue;
            }

            Assert.Equal(before == "old", File.Exists(scene["out/a.txt"]));
            Assert.Equal(["out", "out-2"], scene.Names());
        }

        Assert.InRange(step, 5, 11);
    }

    [Fact]
    public void An_empty_folder_that_comes_is_somebodys_too()
    {
        using var steps = new WatchedSteps { Before = _ => Directory.CreateDirectory(_folder["out"]) };
        Assert.Equal(_folder["out-2"], Folder(_folder, force: false, out _));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"]));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("dangling link")]
    public void What_comes_to_a_files_place_stays(string what)
    {
        using (var pending = new PendingFile(_folder["page.html"], force: false))
        {
            pending.Fill("ours"u8);
            if (what == "file") File.WriteAllText(_folder["page.html"], "theirs");
            else if (what == "folder") Directory.CreateDirectory(_folder["page.html"]);
            else File.CreateSymbolicLink(_folder["page.html"], "nowhere");
            File.WriteAllText(_folder["page-2.html"], "also theirs");
            Assert.Equal(_folder["page-3.html"], pending.Commit());
            Assert.Equal([NoticeCode.Renamed], pending.Notices.Select(notice => notice.Code));
        }

        if (what == "file") Assert.Equal("theirs", File.ReadAllText(_folder["page.html"]));
        Assert.Equal("ours", File.ReadAllText(_folder["page-3.html"]));
        Assert.Equal(["page-2.html", "page-3.html", "page.html"], _folder.Names());
    }

    [Fact]
    public void Force_replaces_a_file_that_comes_but_no_folder()
    {
        using (var pending = new PendingFile(_folder["page.html"], force: true))
        {
            pending.Fill("ours"u8);
            File.WriteAllText(_folder["page.html"], "theirs");
            Assert.Equal(_folder["page.html"], pending.Commit());
        }

        using (var pending = new PendingFile(_folder["b.html"], force: true))
        {
            pending.Fill("ours"u8);
            Directory.CreateDirectory(_folder["b.html"]);
            Assert.Equal(_folder["b-2.html"], pending.Commit());
        }

        Assert.Equal("ours", File.ReadAllText(_folder["page.html"]));
    }

    [Fact]
    public void A_place_that_was_taken_during_the_work_is_no_reason_to_stop_before_the_writing()
    {
        PendingFile.CheckWritable(_folder["page.html"], force: false);
        PendingFolder.CheckWritable(_folder["out"], force: false, Texts);
        File.WriteAllText(_folder["page.html"], "theirs");
        File.WriteAllText(_folder["out"], "a file now");
        using (var file = new PendingFile(_folder["page.html"], force: false, wasAsked: true))
        using (var folder = new PendingFolder(_folder["out"], force: false, Texts, wasAsked: true))
        {
            file.Fill("ours"u8);
            Assert.Equal(_folder["page-2.html"], file.Commit());
            Assert.Equal(_folder["out-2"], folder.Commit());
        }

        InputErrors.Expect(() => PendingFile.WriteAll(_folder["page.html"], ""u8, force: false), InputCode.Exists, "page.html");
        Assert.Equal("theirs", File.ReadAllText(_folder["page.html"]));
    }

    private static string Folder(ScratchFolder scene, bool force, out IReadOnlyList<Notice> notices)
    {
        using var pending = new PendingFolder(scene["out"], force, Texts);
        File.WriteAllText(Path.Combine(pending.Temporary, "a.txt"), "new");
        string place = pending.Commit();
        notices = pending.Notices;
        return place;
    }
}
