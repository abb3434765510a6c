using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Folders of JPEG and WebP, patterns of names, and folders in which several things lie.</summary>
public sealed class FolderKindsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_jpegs_is_a_clip()
    {
        var clip = TestVideos.Smooth(11, 16, 24);
        for (int i = 0; i < 11; i++) File.WriteAllBytes(_folder[$"f{i}.jpg"], Jpeg(clip, i));
        File.WriteAllBytes(_folder["mask.png"], StillImage.Png(new byte[24 * 16 * 3], 24, 16));
        using var reader = FrameFiles.Open(_folder.Path);
        Assert.Contains("mask.png is no JPEG and left out", Assert.Single(reader.Notices).Message, StringComparison.Ordinal);
        Assert.InRange(VideoMeasures.PsnrOf(VideoFrames.Read(reader), clip), 30, 99);
    }

    [Fact]
    public void A_folder_of_webps_is_a_clip_whatever_sizes_their_files_have()
    {
        Ffmpeg.Need();
        Ffmpeg.Run([.. "-f lavfi -i testsrc2=s=33x21:r=8:d=0.5,format=bgra -c:v libwebp -lossless 1".Split(' '), _folder["f%02d.webp"]]);
        Ffmpeg.Run([.. "-f lavfi -i testsrc2=s=33x21:r=8:d=0.5,format=bgra".Split(' '), _folder["p%02d.png"]]);
        // What lies behind a picture is not the next one.
        File.AppendAllText(_folder["f02.webp"], "rubbish");
        var expected = FrameFiles.Read(_folder["p%02d.png"]);
        var read = FrameFiles.Read(_folder["f%02d.webp"]);
        Assert.Equal(4, read.Count);
        Assert.Equal(expected.Pixels, read.Pixels);
        byte[] third = File.ReadAllBytes(_folder["f03.webp"]);
        File.WriteAllBytes(_folder["f03.webp"], third[..(third.Length / 2)]);
        InputErrors.Expect(() => FrameFiles.Read(_folder["f%02d.webp"]), InputCode.Damaged, _folder["f03.webp"]);
        third.AsSpan(40, third.Length / 2).Fill(0x55);
        File.WriteAllBytes(_folder["f03.webp"], third);
        InputErrors.Expect(() => FrameFiles.Read(_folder["f%02d.webp"]), InputCode.Damaged, _folder["f03.webp"]);
        // Builds of ffmpeg differ in how much before an error they still give: this one gives nothing.
        if (!OperatingSystem.IsWindows())
        {
            using var files = new WebPFiles(Folder("f%02d.webp"), TestContext.Current.CancellationToken, Hoarder());
            for (int i = 0; i < 2; i++) Assert.Equal(expected.Frame(i).ToArray(), files.Next().Pixels);
            InputErrors.Expect(() => files.Next(), InputCode.Damaged, _folder["f03.webp"]);
        }

        File.Copy(_folder["p01.png"], _folder["f04.webp"], overwrite: true);
        InputErrors.Expect(() => FrameFiles.Read(_folder["f%02d.webp"]), InputCode.Mismatch, _folder["f04.webp"]);
    }

    [Theory]
    [InlineData("f%d.png", "f1 f2 f3 f10")]
    [InlineData("f%02d.png", "f01 f02 f10 f100")]
    [InlineData("g%d.png", "g5")]
    [InlineData("100%%_%d.png", "100%_7")]
    public void A_pattern_chooses_the_files_that_ffmpeg_would_write(string pattern, string frames)
    {
        string[] names = ["f1", "f01", "f2", "f02", "f3", "f10", "f100", "f", "xf1", "f1x", "f1.jpg", "g5", "100%_7"];
        for (int i = 0; i < names.Length; i++)
            File.WriteAllBytes(_folder[$"{names[i]}{(names[i].Contains('.') ? "" : ".png")}"], StillImage.Png([(byte)i, 0, 0], 1, 1));
        string[] expected = pattern == "f%d.png" ? ["f1", "f2", "f3", "f10", "f100"] : frames.Split(' ');
        using var reader = FrameFiles.Open(_folder[pattern]);
        var read = VideoFrames.Read(reader);
        Assert.Equal(expected, Enumerable.Range(0, read.Count).Select(i => names[read.Frame(i)[0]]));
        Assert.Equal(_folder[pattern], reader.Source);
    }

    [Fact]
    public void A_pattern_that_nothing_fits_is_named() => Assert.Contains(
        "fits the pattern f%04d.png", InputErrors.Expect(() => FrameFiles.Open(_folder["f%04d.png"]), InputCode.NotFound, _folder.Path),
        StringComparison.Ordinal);

    [Fact]
    public void Two_kinds_in_one_folder_are_named_with_the_way_out()
    {
        var clip = TestVideos.Smooth(4, 16, 16);
        for (int i = 0; i < 4; i++)
        {
            File.WriteAllBytes(_folder[$"{i}.png"], StillImage.Png(clip.Frame(i).ToArray(), 16, 16));
            File.WriteAllBytes(_folder[$"{i}.jpeg"], Jpeg(clip, i));
        }

        string line = InputErrors.Expect(() => FrameFiles.Open(_folder.Path), InputCode.WrongKind, _folder.Path);
        Assert.Contains("4 JPEG (0.jpeg) and 4 PNG (0.png)", line, StringComparison.Ordinal);
        Assert.Equal(clip.Pixels, FrameFiles.Read(_folder["%d.png"]).Pixels);
    }

    private FrameFolder Folder(string pattern) =>
        new(FramePattern.Of(_folder[pattern])!.Choose(), _folder[pattern], new ClipChoice(), TestContext.Current.CancellationToken);

    /// <summary>An ffmpeg that gives its pictures when it has ended, and only if it has ended well.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private FfmpegTools Hoarder()
    {
        string bin = _folder["bin"], ffmpeg = Path.Combine(bin, "ffmpeg"), held = _folder["held"];
        Directory.CreateDirectory(bin);
        File.WriteAllText(ffmpeg, $"#!/bin/sh\n'{Ffmpeg.Tools.Ffmpeg}' \"$@\" >'{held}' || exit 1\ncat '{held}'\n");
        File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(bin, "ffprobe"), Ffmpeg.Tools.Ffprobe);
        return FfmpegTools.Find(bin);
    }

    private static byte[] Jpeg(VideoFrames clip, int frame) =>
        StillImage.Jpeg(clip.Frame(frame).ToArray(), clip.Width, clip.Height, 95);
}
