using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;

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
            "(ffmpeg's wav)", InputErrors.Expect(() => FrameFiles.Read(_folder["sound.wav"]), InputCode.WrongKind, _folder["sound.wav"]),
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

    /// <summary>Files that lead ffmpeg to a clip of somebody else's, @clip, or to addresses; the word that names them.</summary>
    public static TheoryData<string, string> Lists => new()
    {
        { "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://@clip\n#EXT-X-ENDLIST\n", "hls" },
        { "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n", "hls" },
        { "ffconcat version 1.0\nfile s.ts\n", "concat" },
        { "ffconcat version 1.0\nfile 'file:@clip'\n", "concat" },
        { "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n", "sdp" },
        { "[Script Info]\nScriptType: v4.00+\n", "ass" },
        { "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n", "webvtt" },
        { ";FFMETADATA1\ntitle=x\n", "ffmetadata" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void What_leads_to_other_files_is_no_clip_whatever_it_is_called(string content, string format)
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc2=s=48x48:r=8:d=0.25", "-c:v", "mpeg2video", _folder["s.ts"]);
        File.WriteAllText(_folder["clip.mp4"], content.Replace("@clip", _folder["s.ts"], StringComparison.Ordinal));
        string message = InputErrors.Expect(() => FrameFiles.Read(_folder["clip.mp4"]), InputCode.WrongKind, _folder["clip.mp4"]);
        Assert.Contains($"(ffmpeg's {format})", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_a_pattern_is_no_clip()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc2=s=48x48:r=8", "-frames:v", "3", _folder["f%d.png"]);
        File.Copy(_folder["f1.png"], _folder["f%d.png"]);
        Assert.Contains(
            "a pattern of names",
            InputErrors.Expect(() => FrameFiles.Read(_folder["f%d.png"]), InputCode.WrongKind, _folder["f%d.png"]),
            StringComparison.Ordinal);
        var one = FrameFiles.Read(_folder["f1.png"]);
        Assert.Equal((1, 48), (one.Count, one.Width));
    }

    [Fact]
    public void Each_format_of_the_list_is_known_to_some_ffmpeg_and_none_of_them_names_files()
    {
        Ffmpeg.Need();
        string known = ToolProcess.Run(Ffmpeg.Tools.Ffmpeg, ["-hide_banner", "-demuxers"]).Output;
        string[] list = ClipFormats.Guard[3].Split(',');
        foreach (string needed in new[] { "mov", "matroska", "avi", "mpegts", "gif", "apng", "flv", "h264" })
        {
            Assert.Contains(needed, list);
            Assert.Contains(needed, known, StringComparison.Ordinal);
        }

        foreach (string leading in new[] { "hls", "dash", "concat", "imf", "sdp", "rtsp", "image2", "lavfi", "tty", "vobsub", "mlv" })
            Assert.DoesNotContain(leading, list);
    }

    [Fact]
    public void A_picture_larger_than_the_limits_is_refused_before_it_is_decoded()
    {
        Ffmpeg.Need();
        File.WriteAllBytes(_folder["x.png"], TestPng.File(new PngHeader(16000, 16000, 1, PngColor.Grey, false), new byte[2001 * 16000]));
        var clock = Stopwatch.StartNew();
        InputErrors.Expect(() => FrameFiles.Open(_folder["x.png"]), InputCode.TooLarge, "16000x16000");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("frames/0000.png")]
    [InlineData("frames/0001.png")]
    public void A_pipe_is_refused_at_once(string name)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs named pipes.");
        FrameFiles.Write(_folder["frames"], TestVideos.Noise(3, 4, 4, 1));
        File.Delete(_folder[name]);
        Assert.Equal(0, ToolProcess.Run("mkfifo", [_folder[name]]).ExitCode);
        string place = name.Contains('/') ? _folder["frames"] : _folder[name];
        if (place == _folder[name]) InputErrors.Expect(() => FrameFiles.Open(place), InputCode.WrongKind, "give - as the clip");
        Assert.Contains(
            "cannot be read twice", InputErrors.Expect(() => FrameFiles.Open(place), InputCode.WrongKind, _folder[name]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void A_device_is_no_clip(string path)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs devices.");
        InputErrors.Expect(() => FrameFiles.Open(path), InputCode.WrongKind, path);
    }

    /// <summary>An ffmpeg that dies on its way, one that says a lot, and a wrapper whose child lives on.</summary>
    [Theory]
    [InlineData("head -c 100 /dev/zero; echo '[error] out of luck' >&2; exit 1", "out of luck")]
    [InlineData("head -c 100 /dev/zero; kill -9 $$", "no reason given")]
    [InlineData("i=0; while [ $i -lt 3000 ]; do echo '[error] again' >&2; i=$((i+1)); done; exit 1", "again")]
    public void An_ffmpeg_that_dies_on_its_way_is_quoted(string script, string said)
    {
        Ffmpeg.Need();
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs a shell script as a program.");
        FrameFiles.Write(_folder["in.mp4"], TestVideos.Smooth(3, 32, 32));
        PretendFfmpeg("ffmpeg version 5.1.0", $"case \"$1\" in -version) ;; *) {script};; esac");
        File.Delete(_folder["ffprobe"]);
        File.CreateSymbolicLink(_folder["ffprobe"], Ffmpeg.Tools.Ffprobe);
        Assert.Contains(
            $"could not decode {_folder["in.mp4"]}: {said}",
            InputErrors.Expect(() => Look("in.mp4", default), InputCode.Damaged, _folder["in.mp4"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrappers_child_does_not_keep_the_reader_waiting()
    {
        Ffmpeg.Need();
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs a shell script as a program.");
        FrameFiles.Write(_folder["in.mp4"], TestVideos.Smooth(3, 32, 32));
        PretendFfmpeg("ffmpeg version 5.1.0", "case \"$1\" in -version) ;; *) sleep 60;; esac");
        File.Delete(_folder["ffprobe"]);
        File.CreateSymbolicLink(_folder["ffprobe"], Ffmpeg.Tools.Ffprobe);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var clock = Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => Look("in.mp4", stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
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
    [InlineData("0/0", "90000/1", "")]
    [InlineData("0/0", "0/0", "")]
    public void The_rate_keeps_the_length_and_is_exact_where_it_can_be(string average, string nominal, string expected) =>
        Assert.Equal(expected, ProbedVideo.ChooseRate(Rational.Parse(average), Rational.Parse(nominal), "x").ToString());

    [Theory]
    [InlineData("1/1000000", "1/1000000")]
    [InlineData("100000/1", "0/0")]
    public void A_rate_that_no_container_holds_is_refused_at_once(string average, string nominal)
    {
        var (given, other) = (Rational.Parse(average), Rational.Parse(nominal));
        InputErrors.Expect(() => ProbedVideo.ChooseRate(given, other, "slow.y4m"), InputCode.OutOfRange, "slow.y4m");
    }

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

    /// <summary>Looks at a clip by the ffmpeg of the test's folder.</summary>
    private VideoClip Look(string name, CancellationToken stop) =>
        new(_folder[name], _folder[name], ClipChoice.All, stop, FfmpegTools.Find(_folder.Path));

    /// <summary>Puts programs of those names into the test's folder that print one line.</summary>
    /// <param name="prints">the line</param>
    /// <param name="does">what they do then</param>
    private void PretendFfmpeg(string prints, string does = "")
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs a shell script as a program.");
            return;
        }

        foreach (string name in new[] { "ffmpeg", "ffprobe" })
        {
            string asked = does.Length == 0 ? "" : "[ \"$1\" = -version ] && ";
            File.WriteAllText(_folder[name], $"#!/bin/sh\n{asked}echo '{prints}'\n{does}\n");
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
