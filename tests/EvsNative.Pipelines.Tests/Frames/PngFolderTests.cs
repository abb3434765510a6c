using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Pictures;
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
        var read = FrameFiles.Read(_folder["out"], choice: new ClipChoice { Rate = new Rational(24000, 1001) });
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
    public void Transparency_goes_along_and_other_files_are_left_alone()
    {
        using (var file = File.Create(_folder["a.PNG"]))
            new ImageWriter().WritePng([10, 20, 30, 0, 40, 50, 60, 255], 2, 1, ColorComponents.RedGreenBlueAlpha, file);
        File.WriteAllText(_folder["notes.txt"], "not a frame");
        File.WriteAllText(_folder["._a.png"], "a shadow that some systems leave behind");
        using var reader = FrameFiles.Open(_folder.Path);
        Assert.True(reader.Format.HasAlpha);
        Assert.Equal([40, 50, 60, 40, 50, 60], VideoFrames.Read(reader).Pixels);
        Assert.Equal([0, 255], reader.Alpha.ToArray());
        var notice = Assert.Single(reader.Notices);
        Assert.Equal(NoticeCode.Changed, notice.Code);
        Assert.Contains("transparent pixels take the colours", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_headers_tell_is_known_before_a_frame_is_decoded()
    {
        foreach (int i in Enumerable.Range(0, 3))
            File.WriteAllBytes(_folder[$"{i}.png"], TestPng.Random(new PngHeader(4, 4, 16, PngColor.Rgb, false), i));
        using var reader = FrameFiles.Open(_folder.Path);
        Assert.Equal((3, 4), (reader.Frames, reader.Format.Width));
        Assert.Contains("3 of 3 frames have 16 bits a colour", Assert.Single(reader.Notices).Message, StringComparison.Ordinal);

        // A header and nothing behind it but as many bytes as its pixels could be packed into.
        var promise = new PngHeader(16384, 4096, 1, PngColor.Grey, false);
        byte[] hollow = TestPng.File(promise, [], ("tEXt", new byte[promise.LeastBytes]));
        foreach (int i in Enumerable.Range(0, 3)) File.WriteAllBytes(_folder[$"{i}.png"], hollow);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (var large = FrameFiles.Open(_folder.Path)) Assert.Equal(16384, large.Format.Width);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        File.WriteAllBytes(_folder["1.png"], TestPng.File(promise, []));
        InputErrors.Expect(() => FrameFiles.Open(_folder.Path), InputCode.Damaged, _folder["1.png"]);
    }

    [Fact]
    public void A_jpeg_that_is_named_png_is_read_and_other_pictures_are_named()
    {
        var clip = TestVideos.Smooth(2, 16, 24);
        for (int i = 0; i < 2; i++) File.WriteAllBytes(_folder[$"{i}.png"], StillImage.Jpeg(clip.Frame(i).ToArray(), 24, 16, 95));
        Assert.InRange(VideoMeasures.PsnrOf(FrameFiles.Read(_folder.Path), clip), 30, 99);
        File.WriteAllBytes(_folder["1.png"], [.. "GIF89a"u8, .. new byte[30]]);
        Assert.Contains(
            "a GIF", InputErrors.Expect(() => FrameFiles.Open(_folder.Path), InputCode.WrongKind, _folder["1.png"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_of_another_kind_are_named_where_there_are_no_others()
    {
        for (int i = 1; i <= 5; i++) File.WriteAllText(_folder[$"{i}.tif"], "");
        Assert.Contains(
            "1.tif, 2.tif, 3.tif and 2 more", InputErrors.Expect(() => FrameFiles.Open(_folder.Path), InputCode.WrongKind, _folder.Path),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_is_seen_while_headers_and_frames_are_read()
    {
        FrameFiles.Write(_folder["out"], TestVideos.Noise(2, 4, 4, 1));
        using var stop = new CancellationTokenSource();
        using var reader = FrameFiles.Open(_folder["out"], cancellation: stop.Token);
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => reader.TryRead(new byte[48], out _));
        Assert.ThrowsAny<OperationCanceledException>(() => FrameFiles.Open(_folder["out"], cancellation: stop.Token));
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
        InputErrors.Expect(() => FrameFiles.Open(_folder.Path), InputCode.WrongKind, _folder["0.png"]);
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
            () => FrameFiles.Write(_folder["out"], TestVideos.Noise(5, 64, 64, 2), force: true, cancellation: cancel.Token));
        Assert.Equal(["out"], _folder.Names());
        Assert.Equal(old.Pixels, FrameFiles.Read(_folder["out"]).Pixels);
    }
}
