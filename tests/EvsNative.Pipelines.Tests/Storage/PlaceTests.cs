using System.Diagnostics;
using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Storage;

/// <summary>Where outputs go: through links, never over what is no ordinary file, under every name that the disk takes.</summary>
public sealed class PlaceTests : IDisposable
{
    private static readonly FolderContent Texts = new("texts", "", entry => entry.EndsWith(".txt", StringComparison.Ordinal));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_is_written_through()
    {
        Directory.CreateDirectory(_folder["far"]);
        File.WriteAllText(_folder["far/page.html"], "old");
        Directory.CreateDirectory(_folder["far/frames"]);
        File.CreateSymbolicLink(_folder["one.html"], "far/page.html");
        File.CreateSymbolicLink(_folder["two.html"], "one.html");
        Directory.CreateSymbolicLink(_folder["frames"], "far/frames");

        PendingFile.WriteAll(_folder["two.html"], "new"u8, force: true);
        FrameFiles.Write(_folder["frames"], TestVideos.Noise(1, 4, 4, 1));
        FrameFiles.Write(_folder["frames/"], TestVideos.Noise(2, 4, 4, 1), force: true);
        Assert.Equal("new", File.ReadAllText(_folder["far/page.html"]));
        Assert.Equal(2, Directory.GetFiles(_folder["far/frames"]).Length);
        Assert.All(
            new[] { "one.html", "two.html", "frames" }, name => Assert.NotNull(new FileInfo(_folder[name]).LinkTarget));
        Assert.Equal(["far", "frames", "one.html", "two.html"], _folder.Names());
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_named()
    {
        File.CreateSymbolicLink(_folder["page.html"], "nowhere");
        Directory.CreateSymbolicLink(_folder["out"], "nowhere/at/all");
        File.CreateSymbolicLink(_folder["loop"], "loop");
        foreach (string name in new[] { "page.html", "loop" })
            InputErrors.Expect(() => PendingFile.CheckWritable(_folder[name], force: true), InputCode.NotWritable, _folder[name]);
        Assert.Contains(
            "nowhere/at/all",
            InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out"], force: true), InputCode.NotWritable, _folder["out"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Pipes_and_devices_are_not_replaced()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Pipes are told from files on Linux only.");
        Ffmpeg.Need();
        Pipe("pipe.mp4");
        Pipe("pipe.safetensors");
        File.CreateSymbolicLink(_folder["link.html"], "pipe.mp4");
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["pipe.mp4"], force: true), InputCode.WrongKind, "pipe.mp4");
        InputErrors.Expect(() => PendingFile.CheckWritable(_folder["link.html"], force: true), InputCode.WrongKind, "link.html");
        InputErrors.Expect(() => PendingFile.CheckWritable("/dev/full", force: true), InputCode.WrongKind, "/dev/full");
        InputErrors.Expect(
            () => SafetensorsWriter.Save(_folder["pipe.safetensors"], [("x", [1], [1f])]), InputCode.WrongKind, "pipe.safetensors");
        Assert.True(SpecialFile.Is(_folder["pipe.mp4"]) && SpecialFile.Is(_folder["pipe.safetensors"]));
    }

    [Fact]
    public void A_folder_with_links_or_pipes_that_are_called_like_frames_is_not_replaced()
    {
        FrameFiles.Write(_folder["out"], TestVideos.Noise(1, 4, 4, 1));
        File.CreateSymbolicLink(_folder["out/0001.png"], "0000.png");
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out"], force: true), InputCode.Exists, "0001.png");
        if (!OperatingSystem.IsLinux()) return;
        File.Delete(_folder["out/0001.png"]);
        Pipe("out/0002.png");
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out"], force: true), InputCode.Exists, "0002.png");
    }

    [Fact]
    public void A_folder_that_cannot_be_renamed_is_found_before_the_work()
    {
        string line = InputErrors.Expect(
            () => FrameFiles.CheckWritable(Environment.CurrentDirectory, force: true), InputCode.WrongKind, Environment.CurrentDirectory);
        Assert.Contains("you are in", line, StringComparison.Ordinal);
        using var disk = SmallDisk.Create(_folder["disk"], kilobytes: 64);
        line = InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["disk"], force: false), InputCode.WrongKind, _folder["disk"]);
        Assert.Contains("mounted", line, StringComparison.Ordinal);
        FrameFiles.Write(_folder["disk/out"], TestVideos.Noise(1, 4, 4, 1));
    }

    [Theory]
    [InlineData("n", 242)]
    [InlineData("n", 251)]
    [InlineData("n", 255)]
    [InlineData("字", 255)]
    [InlineData("😀", 252)]
    public void Every_name_that_the_disk_takes_can_be_written(string letter, int bytes)
    {
        string name = string.Concat(Enumerable.Repeat(letter, bytes / Encoding.UTF8.GetByteCount(letter)));
        string file = _folder[NameLength.Cut(name, bytes - 5) + ".html"], folder = _folder[name];
        PendingFile.CheckWritable(file, force: false);
        Assert.Equal(file, PendingFile.WriteAll(file, "x"u8, force: false));
        FrameFiles.CheckWritable(folder, force: false);
        Assert.Equal(folder, FrameFiles.Write(folder, TestVideos.Noise(1, 4, 4, 1)));
        Assert.Equal(folder, FrameFiles.Write(folder, TestVideos.Noise(2, 4, 4, 1), force: true));

        using var steps = new WatchedSteps(failing: 1);
        string free = PendingFile.WriteAll(file, "x"u8, force: true);
        Assert.EndsWith("-2.html", free, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(Path.GetFileName(free)), bytes - 8, 255);
    }

    [Fact]
    public void A_name_that_is_too_long_is_found_before_the_work()
    {
        string name = _folder[new string('n', 256)];
        Assert.Contains(
            "too long", InputErrors.Expect(() => FrameFiles.CheckWritable(name, force: false), InputCode.NotWritable, _folder.Path),
            StringComparison.Ordinal);
        InputErrors.Expect(() => PendingFile.CheckWritable(name + ".html", force: false), InputCode.NotWritable, _folder.Path);
    }

    [Fact]
    public void Names_of_one_thing_are_told_to_be_one()
    {
        Directory.CreateDirectory(_folder["a/b"]);
        File.WriteAllText(_folder["a/x"], "");
        Directory.CreateSymbolicLink(_folder["l"], "a/b");
        File.CreateSymbolicLink(_folder["a/b/y"], "../x");
        string[] same = ["a/x", "a/./b/../x", "l/y", "a/b/y"], other = ["a", "a/z", "l", "x"];
        Assert.All(same, name => Assert.True(RealPath.AreOne(_folder["a/x"], _folder[name]), name));
        Assert.All(other, name => Assert.False(RealPath.AreOne(_folder["a/x"], _folder[name]), name));
        Assert.True(RealPath.AreOne(_folder["a/b/new"], _folder["l/new"]));
        Assert.True(RealPath.IsInside(_folder["l/new"], _folder["a"]) && RealPath.IsInside(_folder["l"], _folder["a"]));
        Assert.False(RealPath.IsInside(_folder["a"], _folder["a"]) || RealPath.IsInside(_folder["l/y"], _folder["l"]));
    }

    private void Pipe(string name)
    {
        using var make = Process.Start("mkfifo", [_folder[name]]);
        make.WaitForExit();
    }
}
