using EvsNative.Layers;
using EvsNative.Pipelines.Scores;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>Which clips are meant, and which of the originals is whose.</summary>
public sealed class ClipListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_frames_is_a_clip_and_any_other_one_holds_clips()
    {
        string frames = Place("set/b/0001.png"), first = Place("set/clip2.mp4"), second = Place("set/clip10.webm");
        Place("set/notes.pdf");
        Place("set/.hidden.mp4");
        string folder = Path.GetDirectoryName(frames)!, set = Path.GetDirectoryName(folder)!;
        Assert.Equal([folder], ClipList.Of([folder]).Clips);
        var list = ClipList.Of([set, "elsewhere.mp4"]);
        Assert.Equal([folder, first, second, "elsewhere.mp4"], list.Clips);
        var notice = Assert.Single(list.Notices);
        Assert.Equal((NoticeCode.Dropped, $"{set}: notes.pdf is no clip"), (notice.Code, notice.Message));
    }

    [Fact]
    public void A_list_has_a_path_in_each_line()
    {
        string list = Place("list.txt");
        File.WriteAllText(list, "\uFEFFa.mp4\r\n\n  b.mp4\nframes/\n");
        Assert.Equal(["a.mp4", "b.mp4", "frames/"], ClipList.Of([list]).Clips);
        File.WriteAllText(list, "\n \n");
        InputErrors.Expect(() => ClipList.Of([list]), InputCode.WrongKind, "names no clips");
        InputErrors.Expect(() => ClipList.Of([Path.Combine(_folder.Path, "none.txt")]), InputCode.NotFound, "none.txt");
    }

    [Fact]
    public void An_empty_folder_names_no_clips()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        InputErrors.Expect(() => ClipList.Of([Path.Combine(_folder.Path, "empty")]), InputCode.WrongKind, "empty names no clips");
    }

    [Fact]
    public void Originals_are_found_by_their_names()
    {
        var all = new OriginalClips(["in/fox.mp4", "in/fox-2.mp4", "in/foxes.mov"]);
        Assert.Equal("in/fox.mp4", all.Of("out/fox-evs.mp4"));
        Assert.Equal("in/fox.mp4", all.Of("out/fox.webm"));
        Assert.Equal("in/fox-2.mp4", all.Of("out/fox-2-evs/"));
        Assert.Equal("in/foxes.mov", all.Of("foxes_t2v.mp4"));
        InputErrors.Expect(() => all.Of("out/wolf.mp4"), InputCode.NotFound, "out/wolf.mp4 has no original among the 3 of --against");
        Assert.Equal("any.mp4", new OriginalClips(["any.mp4"]).Of("out/wolf.mp4"));
    }

    private string Place(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [0]);
        return path;
    }
}
