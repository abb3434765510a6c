using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class BadVideoTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_named() =>
        InputErrors.Expect(() => FrameFiles.Read(_folder["nothing.mp4"]), InputCode.NotFound, _folder["nothing.mp4"]);

    [Theory]
    [InlineData("short", 1)]
    [InlineData("a longer text that ffmpeg would gladly show as a terminal does\n", 200)]
    public void A_text_file_is_no_video(string text, int times)
    {
        Ffmpeg.Need();
        File.WriteAllText(_folder["notes.txt"], string.Concat(Enumerable.Repeat(text, times)));
        InputErrors.Expect(() => FrameFiles.Read(_folder["notes.txt"]), InputCode.WrongKind, _folder["notes.txt"]);
    }

    [Fact]
    public void An_empty_file_is_no_video()
    {
        File.WriteAllBytes(_folder["empty.mp4"], []);
        Assert.Contains(
            "empty", InputErrors.Expect(() => FrameFiles.Read(_folder["empty.mp4"]), InputCode.WrongKind, _folder["empty.mp4"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_no_video_and_ffmpeg_is_quoted()
    {
        Ffmpeg.Need();
        File.WriteAllBytes(_folder["x.mp4"], TestVideos.Noise(1, 50, 50, 1).Pixels);
        string message = InputErrors.Expect(() => FrameFiles.Read(_folder["x.mp4"]), InputCode.WrongKind, _folder["x.mp4"]);
        Assert.Contains("Invalid data found", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Music_is_no_video()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "sine=duration=0.2", _folder["sound.wav"]);
        Assert.Contains(
            "no pictures", InputErrors.Expect(() => FrameFiles.Read(_folder["sound.wav"]), InputCode.WrongKind, _folder["sound.wav"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_video_cut_off_in_its_header_is_no_video()
    {
        Ffmpeg.Need();
        FrameFiles.Write(_folder["good.mp4"], TestVideos.Smooth(4, 32, 32));
        byte[] good = File.ReadAllBytes(_folder["good.mp4"]);
        File.WriteAllBytes(_folder["cut.mp4"], good[..200]);
        InputErrors.Expect(() => FrameFiles.Read(_folder["cut.mp4"]), InputCode.WrongKind, _folder["cut.mp4"]);
    }

    [Fact]
    public void A_video_without_frames_says_so()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=32x32:rate=8", "-frames:v", "3", "-c:v", "ffv1", _folder["in.mkv"]);
        Ffmpeg.Run("-i", _folder["in.mkv"], "-frames:v", "0", "-c", "copy", _folder["none.mkv"]);
        InputErrors.Expect(() => FrameFiles.Read(_folder["none.mkv"]), InputCode.WrongKind, _folder["none.mkv"]);
    }

    [Fact]
    public void A_list_of_addresses_is_not_followed()
    {
        Ffmpeg.Need();
        File.WriteAllText(
            _folder["list.m3u8"], "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n");
        InputErrors.Expect(() => FrameFiles.Read(_folder["list.m3u8"]), InputCode.WrongKind, _folder["list.m3u8"]);
    }

    [Fact]
    public void Without_ffmpeg_the_way_out_is_named()
    {
        string message = Assert.Throws<InputException>(() => FfmpegTools.Find(_folder.Path)).Message;
        Assert.Contains("ffmpeg is not on the search path", message, StringComparison.Ordinal);
        Assert.Contains("PNG", message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => FfmpegTools.Find(null));
    }

    [Fact]
    public void Something_else_called_ffmpeg_is_not_taken_for_it()
    {
        PretendFfmpeg("hello");
        InputErrors.Expect(() => FfmpegTools.Find(_folder.Path), InputCode.NoTool, _folder["ffmpeg"]);
    }

    [Theory]
    [InlineData("ffmpeg version 5.1.9-0+deb12u1 Copyright", true, "-fps_mode")]
    [InlineData("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright", true, "-vsync")]
    [InlineData("ffmpeg version n7.1 Copyright", true, "-fps_mode")]
    [InlineData("ffmpeg version N-118000-gabcdef Copyright", true, "-fps_mode")]
    [InlineData("ffmpeg version 3.4.8 Copyright", false, "")]
    public void Versions_are_told_apart(string banner, bool usable, string option)
    {
        PretendFfmpeg(banner);
        if (usable) Assert.Equal(option, FfmpegTools.Find(_folder.Path).EveryFrameOnce[0]);
        else InputErrors.Expect(() => FfmpegTools.Find(_folder.Path), InputCode.NoTool, "3.4.8");
    }

    [Theory]
    [InlineData("30000/1001", "30000/1001", "30000/1001")]
    [InlineData("19001/634", "30000/1001", "30000/1001")]
    [InlineData("11/2", "60/1", "11/2")]
    [InlineData("0/0", "25/1", "25")]
    [InlineData("24/1", "0/0", "24")]
    public void The_rate_keeps_the_length_and_is_exact_where_it_can_be(string average, string nominal, string expected) =>
        Assert.Equal(expected, ProbedVideo.ChooseRate(Rational.Parse(average), Rational.Parse(nominal), "x").ToString());

    [Fact]
    public void The_last_line_that_says_something_is_quoted()
    {
        string[] lines =
        [
            "[mov,mp4 @ 0x55d0] moov atom not found", "file:/tmp/a b.mp4: Invalid data found when processing input", "",
            "Conversion failed!",
        ];
        Assert.Equal("Invalid data found when processing input", FfmpegComplaint.Quote(lines));
        Assert.Equal("moov atom not found", FfmpegComplaint.Quote(lines[..1]));
        Assert.Equal("no reason given", FfmpegComplaint.Quote([""]));
        Assert.Equal("Invalid NAL unit size", FfmpegComplaint.Quote(["[h264 @ 0x55d0] [error] Invalid NAL unit size"]));
        Assert.Equal("End of file", FfmpegComplaint.Quote(["[error] file:/tmp/a.mp4: End of file"]));
    }

    /// <summary>Puts programs of those names into the test's folder that print one line.</summary>
    private void PretendFfmpeg(string prints)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs a shell script as a program.");
            return;
        }

        foreach (string name in new[] { "ffmpeg", "ffprobe" })
        {
            File.WriteAllText(_folder[name], $"#!/bin/sh\necho '{prints}'\n");
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
