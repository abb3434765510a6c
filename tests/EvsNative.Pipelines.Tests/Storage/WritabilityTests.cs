using EvsNative.Pipelines.Frames;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests.Storage;

public sealed class WritabilityTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Other_kinds_of_video_are_refused() =>
        Assert.Contains(
            ".avi",
            InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out.avi"], force: true), InputCode.Unsupported, _folder["out.avi"]),
            StringComparison.Ordinal);

    [Fact]
    public void An_empty_name_is_refused() =>
        InputErrors.Expect(() => FrameFiles.CheckWritable(" ", force: false), InputCode.NotGiven, "empty");

    [Theory]
    [InlineData("no such folder/out")]
    [InlineData("no such folder/out.mp4")]
    public void A_missing_folder_is_named(string name) =>
        Assert.Contains(
            "does not exist", InputErrors.Expect(() => FrameFiles.CheckWritable(_folder[name], force: false), InputCode.NotWritable, name),
            StringComparison.Ordinal);

    [Fact]
    public void A_file_is_not_a_folder_of_frames()
    {
        File.WriteAllText(_folder["taken"], "");
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["taken"], force: true), InputCode.WrongKind, _folder["taken"]);
    }

    [Fact]
    public void A_folder_that_nobody_may_write_to_is_refused()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs a place where even root cannot write: /proc of Linux.");
        InputErrors.Expect(() => FrameFiles.CheckWritable("/proc/frames", force: false), InputCode.NotWritable, "/proc/frames");
        InputErrors.Expect(() => FrameFiles.Write("/proc/frames", TestVideos.Noise(1, 2, 2, 1)), InputCode.NotWritable, "/proc/frames");
    }

    [Fact]
    public void Asking_leaves_no_trace()
    {
        FrameFiles.CheckWritable(_folder["out"], force: false);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void The_systems_word_for_a_full_disk_is_understood()
    {
        var full = new IOException("No space left on device : '/x'", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        Assert.Contains("disk is full", StorageFault.Writing(full, "a.mp4").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_leaves_nothing_behind()
    {
        using var disk = SmallDisk.Create(_folder["disk"], kilobytes: 64);
        var clip = TestVideos.Noise(8, 64, 64, 1);
        FrameFiles.CheckWritable(_folder["disk/out"], force: false);
        Assert.Contains(
            "disk is full", InputErrors.Expect(() => FrameFiles.Write(_folder["disk/out"], clip), InputCode.DiskFull, _folder["disk/out"]),
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["disk"]));
        if (FfmpegTools.TryFind() is null) return;
        File.WriteAllText(_folder["disk/out.mp4"], "the old one");
        var large = TestVideos.Noise(8, 256, 256, 1);
        string line = InputErrors.Expect(
            () => FrameFiles.Write(_folder["disk/out.mp4"], large, force: true), InputCode.DiskFull, _folder["disk/out.mp4"]);
        Assert.Contains("disk is full", line, StringComparison.Ordinal);
        Assert.Equal([_folder["disk/out.mp4"]], Directory.GetFileSystemEntries(_folder["disk"]));
        Assert.Equal("the old one", File.ReadAllText(_folder["disk/out.mp4"]));
    }
}
