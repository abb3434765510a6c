using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>A clip from a pipe is kept in a file as long as it is needed.</summary>
public sealed class StandardInputTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_comes_is_kept_and_goes()
    {
        byte[] sent = TestVideos.Noise(1, 40, 40, 1).Pixels;
        using (var input = StandardInput.Take(new MemoryStream(sent), default, _folder.Path))
        {
            Assert.Equal(sent, File.ReadAllBytes(input.Path));
            Assert.StartsWith(_folder.Path, input.Path, StringComparison.Ordinal);
        }

        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void Nothing_is_no_clip()
    {
        InputErrors.Expect(
            () => StandardInput.Take(Stream.Null, default, _folder.Path), InputCode.WrongKind, "the standard input is empty");
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void A_pipe_that_nobody_writes_to_can_be_left()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        Assert.ThrowsAny<OperationCanceledException>(() => StandardInput.Take(pipe, stop.Token, _folder.Path));
    }

    [Fact]
    public void What_a_killed_run_left_goes_with_the_next_one()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Elsewhere a lock may not tell.");
        var left = StandardInput.Take(new MemoryStream(new byte[9]), default, _folder.Path);
        string folder = Path.GetDirectoryName(left.Path)!;
        string[] files = Directory.GetFiles(folder);
        left.Dispose();
        // The same files, and no process that holds their lock.
        Directory.CreateDirectory(folder);
        foreach (string file in files) File.WriteAllText(file, "");
        Assert.NotEmpty(_folder.Names());
        StandardInput.Take(new MemoryStream(new byte[9]), default, _folder.Path).Dispose();
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void A_full_disk_is_told_as_one()
    {
        using var disk = SmallDisk.Create(_folder["disk"], 1000);
        InputErrors.Expect(
            () => StandardInput.Take(new MemoryStream(new byte[4 << 20]), default, _folder["disk"]), InputCode.DiskFull,
            "the standard input");
    }

    [Theory]
    [InlineData("-")]
    [InlineData("clip.mp4")]
    [InlineData("frames")]
    [InlineData("f%04d.png")]
    public void A_clip_has_a_place_or_none(string name)
    {
        File.WriteAllText(_folder["clip.mp4"], "");
        Directory.CreateDirectory(_folder["frames"]);
        var place = ClipPlace.Of(name == "-" ? name : _folder[name]);
        if (name == "-") InputErrors.Expect(() => _ = place.Path, InputCode.NotGiven, "-o");
        else Assert.Equal(name.StartsWith('f') ? name == "frames" ? _folder["frames"] : _folder.Path : _folder[name], place.Path);
        Assert.Equal(name.StartsWith('f'), place.IsFolder);
    }
}
