using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using StbImageWriteSharp;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class PngFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Frames_come_back_as_they_were_written()
    {
        var clip = TestVideos.Noise(12, 17, 23, 1);
        FrameFiles.Write(_folder["out"], clip);
        var read = FrameFiles.Read(_folder["out"], folderRate: new Rational(24000, 1001));
        Assert.Equal(clip.Pixels, read.Pixels);
        Assert.Equal((12, 17, 23, new Rational(24000, 1001)), (read.Count, read.Height, read.Width, read.Rate));
        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $"{i:0000}.png"), Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void Without_a_rate_it_is_eight_a_second()
    {
        FrameFiles.Write(_folder["out"], TestVideos.Noise(1, 4, 4, 1));
        Assert.Equal(new Rational(8, 1), FrameFiles.Read(_folder["out"]).Rate);
    }

    [Fact]
    public void Reading_stops_at_the_frame_asked_for_and_follows_the_numbers_in_the_names()
    {
        var clip = TestVideos.Noise(11, 4, 4, 2);
        for (int i = 0; i < 11; i++) File.WriteAllBytes(_folder[$"shot{i}.png"], StillImage.Png(clip.Frame(i).ToArray(), 4, 4));
        var read = FrameFiles.Read(_folder.Path, maxFrames: 3);
        Assert.Equal(3, read.Count);
        Assert.Equal(clip.Frame(2), read.Frame(2));
    }

    [Fact]
    public void Transparency_is_dropped_and_other_files_are_left_alone()
    {
        using (var file = File.Create(_folder["a.PNG"]))
            new ImageWriter().WritePng([10, 20, 30, 0, 40, 50, 60, 255], 2, 1, ColorComponents.RedGreenBlueAlpha, file);
        File.WriteAllText(_folder["notes.txt"], "not a frame");
        File.WriteAllText(_folder["._a.png"], "a shadow that some systems leave behind");
        Assert.Equal([10, 20, 30, 40, 50, 60], FrameFiles.Read(_folder.Path).Pixels);
    }

    [Fact]
    public void Frames_of_two_sizes_are_no_clip()
    {
        File.WriteAllBytes(_folder["0.png"], StillImage.Png(new byte[12], 2, 2));
        File.WriteAllBytes(_folder["1.png"], StillImage.Png(new byte[18], 3, 2));
        Assert.Contains(
            "3x2", InputErrors.Expect(() => FrameFiles.Read(_folder.Path), InputCode.Mismatch, _folder["1.png"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_frames_is_no_clip() =>
        InputErrors.Expect(() => FrameFiles.Read(_folder.Path), InputCode.WrongKind, _folder.Path);

    [Fact]
    public void A_broken_frame_is_named()
    {
        byte[] png = StillImage.Png(TestVideos.Noise(1, 30, 30, 1).Pixels, 30, 30);
        File.WriteAllBytes(_folder["0.png"], png[..(png.Length / 2)]);
        InputErrors.Expect(() => FrameFiles.Read(_folder.Path), InputCode.Damaged, _folder["0.png"]);
        File.WriteAllText(_folder["0.png"], "hello");
        InputErrors.Expect(() => FrameFiles.Read(_folder.Path), InputCode.Damaged, _folder["0.png"]);
    }

    [Fact]
    public void An_existing_folder_of_frames_is_replaced_only_by_force()
    {
        VideoFrames old = TestVideos.Noise(3, 4, 4, 1), fresh = TestVideos.Noise(2, 6, 6, 2);
        FrameFiles.Write(_folder["out"], old);
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out"], force: false), InputCode.Exists, _folder["out"]);
        InputErrors.Expect(() => FrameFiles.Write(_folder["out"], fresh), InputCode.Exists, _folder["out"]);
        Assert.Equal(old.Pixels, FrameFiles.Read(_folder["out"]).Pixels);
        FrameFiles.CheckWritable(_folder["out"], force: true);
        FrameFiles.Write(_folder["out"], fresh, force: true);
        Assert.Equal(fresh.Pixels, FrameFiles.Read(_folder["out"]).Pixels);
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void A_folder_of_other_things_is_not_replaced_even_by_force()
    {
        Directory.CreateDirectory(_folder["home"]);
        File.WriteAllText(Path.Combine(_folder["home"], "thesis.txt"), "years of work");
        Assert.Contains(
            "thesis.txt",
            InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["home"], force: true), InputCode.Exists, _folder["home"]),
            StringComparison.Ordinal);
        InputErrors.Expect(
            () => FrameFiles.Write(_folder["home"], TestVideos.Noise(1, 4, 4, 1), force: true), InputCode.Exists, _folder["home"]);
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(_folder["home"], "thesis.txt")));
    }

    [Fact]
    public void An_empty_folder_may_be_filled()
    {
        Directory.CreateDirectory(_folder["out"]);
        FrameFiles.CheckWritable(_folder["out"] + "/", force: false);
        FrameFiles.Write(_folder["out"] + "/", TestVideos.Noise(2, 4, 4, 1));
        Assert.Equal(2, FrameFiles.Read(_folder["out"]).Count);
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind_and_keeps_the_old_frames()
    {
        var old = TestVideos.Noise(1, 4, 4, 1);
        FrameFiles.Write(_folder["out"], old);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => FrameFiles.Write(_folder["out"], TestVideos.Noise(5, 64, 64, 2), force: true, cancel.Token));
        Assert.Equal(["out"], _folder.Names());
        Assert.Equal(old.Pixels, FrameFiles.Read(_folder["out"]).Pixels);
    }
}
