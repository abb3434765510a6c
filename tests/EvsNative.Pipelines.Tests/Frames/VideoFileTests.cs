using System.Diagnostics;
using System.Globalization;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class VideoFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("8", 16)]
    [InlineData("30000/1001", 16)]
    [InlineData("24000/1001", 32)]
    [InlineData("12.5", 9)]
    [InlineData("25", 1)]
    public void A_video_doubled_in_size_keeps_its_frames_its_rate_and_its_length(string rate, int frames)
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
            "-f", "lavfi", "-i", $"testsrc=size=96x64:rate={rate}", "-frames:v", $"{frames}", "-pix_fmt", "yuv420p", _folder["in.mp4"]);
        var clip = FrameFiles.Read(_folder["in.mp4"]);
        Assert.Equal((frames, 64, 96), (clip.Count, clip.Height, clip.Width));
        FrameFiles.Write(_folder["out.mp4"], PixelResize.Bicubic(clip, clip.Width * 2, clip.Height * 2));

        string[] input = Properties(_folder["in.mp4"]), output = Properties(_folder["out.mp4"]);
        Assert.Equal(input[2..], output[2..]);
        Assert.Equal(["192", "128"], output[..2]);
        Assert.Equal($"{frames}", output[^1]);
        var again = FrameFiles.Read(_folder["out.mp4"]);
        Assert.Equal((clip.Count, clip.Rate), (again.Count, again.Rate));
        Assert.Equal(["in.mp4", "out.mp4"], _folder.Names());
    }

    [Fact]
    public void Colours_survive_writing_and_reading()
    {
        Ffmpeg.Need();
        var clip = TestVideos.Smooth(8, 96, 128);
        FrameFiles.Write(_folder["out.mp4"], clip);
        Assert.InRange(VideoMeasures.PsnrOf(FrameFiles.Read(_folder["out.mp4"]), clip), 40, double.PositiveInfinity);
        Assert.Equal(
            "tv,bt709,bt709,bt709", Probe(_folder["out.mp4"], "stream=color_range,color_space,color_transfer,color_primaries", ",")[0]);
        Assert.Equal("h264,yuv420p", Probe(_folder["out.mp4"], "stream=codec_name,pix_fmt", ",")[0]);
    }

    [Fact]
    public void Large_videos_without_a_label_are_read_as_players_show_them()
    {
        Ffmpeg.Need();
        // Saturated green differs by tens of levels between the two conventions.
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "color=0x20c040:size=1280x720:rate=8", "-frames:v", "2", "-vf",
            "scale=out_color_matrix=bt709,format=yuv420p", "-colorspace", "unknown", "-c:v", "libx264", "-crf", "4", _folder["hd.mkv"]);
        Assert.Equal("unknown", Probe(_folder["hd.mkv"], "stream=color_space", ",")[0]);
        ReadOnlySpan<byte> pixel = FrameFiles.Read(_folder["hd.mkv"]).Frame(0)[..3];
        Assert.InRange(Math.Abs(pixel[0] - 0x20) + Math.Abs(pixel[1] - 0xc0) + Math.Abs(pixel[2] - 0x40), 0, 9);
    }

    [Fact]
    public void The_index_comes_before_the_frames()
    {
        Ffmpeg.Need();
        FrameFiles.Write(_folder["out.mp4"], TestVideos.Smooth(8, 32, 32));
        string bytes = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder["out.mp4"]));
        Assert.InRange(bytes.IndexOf("moov", StringComparison.Ordinal), 1, bytes.IndexOf("mdat", StringComparison.Ordinal));
    }

    [Fact]
    public void Odd_sizes_gain_an_edge()
    {
        Ffmpeg.Need();
        var clip = TestVideos.Smooth(3, 33, 47);
        FrameFiles.Write(_folder["out.mp4"], clip);
        var read = FrameFiles.Read(_folder["out.mp4"]);
        Assert.Equal((48, 34), (read.Width, read.Height));
        Assert.InRange(VideoMeasures.PsnrOf(TestVideos.Crop(read, 47, 33), clip), 35, double.PositiveInfinity);
    }

    [Fact]
    public void Every_small_clip_comes_back_whole_every_time()
    {
        Ffmpeg.Need();
        // All of it fits into the pipe, so that ffmpeg has ended before the last frame is read.
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=32x32:rate=8", "-frames:v", "6", "-c:v", "ffv1", _folder["in.mkv"]);
        byte[]? first = null;
        for (int i = 0; i < 8; i++)
        {
            byte[] pixels = FrameFiles.Read(_folder["in.mkv"]).Pixels;
            Assert.Equal(6 * 32 * 32 * 3, pixels.Length);
            Assert.Equal(first ??= pixels, pixels);
        }
    }

    [Fact]
    public void Reading_stops_at_the_frame_asked_for()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25", "-frames:v", "50", "-c:v", "ffv1", _folder["in.mkv"]);
        Assert.Equal(33, FrameFiles.Read(_folder["in.mkv"], maxFrames: 33).Count);
        Assert.Equal(50, FrameFiles.Read(_folder["in.mkv"]).Count);
    }

    [Fact]
    public void A_turned_video_is_read_upright()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=96x64:rate=8", "-frames:v", "2", "-pix_fmt", "yuv420p", _folder["flat.mp4"]);
        Ffmpeg.Run("-i", _folder["flat.mp4"], "-c", "copy", "-metadata:s:v", "rotate=90", _folder["turned.mp4"]);
        if (!Probe(_folder["turned.mp4"], "stream_side_data=rotation", ",").Any(line => line.Contains("90", StringComparison.Ordinal)))
            Assert.Skip("This ffmpeg does not write the rotation that the test needs.");
        var clip = FrameFiles.Read(_folder["turned.mp4"]);
        Assert.Equal((64, 96, 2), (clip.Width, clip.Height, clip.Count));
    }

    [Fact]
    public void The_shape_of_pixels_is_kept()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=96x64:rate=8,setsar=4/3", "-frames:v", "2", "-pix_fmt", "yuv420p", _folder["in.mp4"]);
        FrameFiles.Write(_folder["out.mp4"], FrameFiles.Read(_folder["in.mp4"]));
        Assert.Equal("4:3", Probe(_folder["out.mp4"], "stream=sample_aspect_ratio", ",")[0]);
    }

    [Fact]
    public void A_clip_of_changing_rate_keeps_every_frame_and_its_length()
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-frames:v", "20", "-vf", "setpts=if(lt(N\\,10)\\,N\\,N*2-10)/10/TB",
            "-fps_mode", "passthrough", "-c:v", "libx264", "-bf", "0", _folder["in.mp4"]);
        var clip = FrameFiles.Read(_folder["in.mp4"]);
        Assert.Equal(20, clip.Count);
        Assert.InRange(clip.Seconds, 2.5, 3.2);
    }

    [Fact]
    public void Every_frame_comes_with_the_stamp_that_the_file_gives_it()
    {
        Ffmpeg.Need();
        string[] encode = ["-fps_mode", "passthrough", "-c:v", "libx264", "-enc_time_base", "1/1000", "-video_track_timescale", "1000"];
        Ffmpeg.Run(
            [
                "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-frames:v", "9", "-vf", "settb=1/1000,setpts=N*N*10+N*30",
                .. encode, _folder["in.mp4"],
            ]);
        List<double> stamps = [];
        using var reader = FrameFiles.Open(_folder["in.mp4"]);
        byte[] frame = new byte[reader.Format.FrameBytes];
        while (reader.TryRead(frame, out var stamp)) stamps.Add(stamp.TotalSeconds);
        Assert.Equal(Enumerable.Range(0, 9).Select(n => (n * n * 10 + n * 30) / 1000.0), stamps);
        Assert.False(reader.TryRead(frame, out _));
    }

    [Theory]
    [InlineData("[Parsed_showinfo_1 @ 0x5] [info] n:   3 pts:   9 pts_time:9.9 pos: 1", 3.0)]
    [InlineData("[Parsed_showinfo_1 @ 0x5] [info] n:   3 pts: NOPTS pts_time:NOPTS pos: 1", 0.0)]
    [InlineData("[info]     title : n: 3 pts: 9 pts_time:9.9 ", null)]
    public void A_stamp_is_what_the_filter_says_and_nothing_else(string line, double? seconds)
    {
        var report = new ShowinfoReport(new VideoFormat(2, 2, new Rational(8, 1)));
        Assert.True(report.Hear("[Parsed_showinfo_1 @ 0x5] [info] config in time_base: 1/3, frame_rate: 10/1"));
        Assert.True(report.Hear(line));
        Assert.False(report.Hear("[h264 @ 0x5] [error] Invalid NAL unit size"));
        Assert.Equal(report.Frames.Count, report.FirstComplaint);
        Assert.Equal(seconds, report.Frames.Count > 0 ? report.Frames[0].Stamp.TotalSeconds : null);
        report.Hear(line);
        if (seconds is not null) Assert.True(report.Frames[1].Stamp > report.Frames[0].Stamp);
    }

    [Fact]
    public void Tags_are_read_and_written()
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-frames:v", "2", "-metadata", "title=A \"fox\" = é", _folder["in.mp4"]);
        var video = FrameFiles.Read(_folder["in.mp4"]);
        Assert.Equal("A \"fox\" = é", video.Format.Tags["title"]);
        Assert.DoesNotContain("major_brand", video.Format.Tags.Keys);
        FrameFiles.Write(_folder["out.mp4"], video);
        Assert.Equal(video.Format.Tags, FrameFiles.Read(_folder["out.mp4"]).Format.Tags);
    }

    [Fact]
    public void Time_does_not_go_backwards_and_frames_are_whole()
    {
        using var writer = FrameFiles.Create(_folder["out"], new VideoFormat(2, 2, Rational.One));
        writer.Write(new byte[12], TimeSpan.FromSeconds(1));
        Assert.Throws<ArgumentException>(() => writer.Write(new byte[12], TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentException>(() => writer.Write(new byte[11], TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Names_are_never_taken_for_options()
    {
        Ffmpeg.Need();
        string name = OperatingSystem.IsWindows() ? "-i a b %03d.mp4" : "-i a\" -f null \\\\\" ' $(x) %03d:é.mp4";
        FrameFiles.Write(_folder[name], TestVideos.Smooth(3, 32, 32));
        Assert.Equal([name], _folder.Names());
        Assert.Equal(3, FrameFiles.Read(_folder[name]).Count);
    }

    [Fact]
    public void An_existing_file_is_replaced_only_by_force()
    {
        Ffmpeg.Need();
        File.WriteAllText(_folder["out.mp4"], "precious");
        var clip = TestVideos.Smooth(2, 32, 32);
        InputErrors.Expect(() => FrameFiles.CheckWritable(_folder["out.mp4"], force: false), InputCode.Exists, _folder["out.mp4"]);
        InputErrors.Expect(() => FrameFiles.Write(_folder["out.mp4"], clip), InputCode.Exists, _folder["out.mp4"]);
        Assert.Equal("precious", File.ReadAllText(_folder["out.mp4"]));
        FrameFiles.CheckWritable(_folder["out.mp4"], force: true);
        FrameFiles.Write(_folder["out.mp4"], clip, force: true);
        Assert.Equal(2, FrameFiles.Read(_folder["out.mp4"]).Count);
    }

    [Fact]
    public void Cancelling_ends_ffmpeg_at_once_and_leaves_nothing()
    {
        Ffmpeg.Need();
        var clip = TestVideos.Noise(24, 1080, 1920, 1);
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1.5));
        var sinceCancelled = new Stopwatch();
        cancel.Token.Register(sinceCancelled.Start);
        Assert.ThrowsAny<OperationCanceledException>(() => FrameFiles.Write(_folder["out.mp4"], clip, cancellation: cancel.Token));
        Assert.True(sinceCancelled.IsRunning);
        Assert.InRange(sinceCancelled.Elapsed.TotalSeconds, 0, 2);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void Cancelled_reading_ends_too()
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25", "-frames:v", "400", "-c:v", "libx264", "-preset", "ultrafast",
            _folder["in.mp4"]);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var sinceCancelled = new Stopwatch();
        cancel.Token.Register(sinceCancelled.Start);
        Assert.ThrowsAny<OperationCanceledException>(() => FrameFiles.Read(_folder["in.mp4"], cancellation: cancel.Token));
        Assert.InRange(sinceCancelled.Elapsed.TotalSeconds, 0, 2);
    }

    /// <summary>Width, height, rate, length in seconds, decoded frames.</summary>
    private static string[] Properties(string file)
    {
        string[] values =
            [.. Probe(file, "stream=width,height,r_frame_rate,duration,nb_read_frames", "\n", "-count_frames").Where(v => v.Length > 0)];
        Assert.Equal(5, values.Length);
        values[3] = double.Parse(values[3], CultureInfo.InvariantCulture).ToString("0.0000", CultureInfo.InvariantCulture);
        return values;
    }

    private static string[] Probe(string file, string entries, string separator, params string[] more)
    {
        var result = ToolProcess.Run(
            Ffmpeg.Tools.Ffprobe,
            [
                "-v", "error", "-select_streams", "v:0", .. more, "-show_entries", entries,
                "-of", $"csv=p=0:s={(separator == "\n" ? "|" : separator)}", FfmpegProcess.FileUrl(file),
            ]);
        Assert.True(result.ExitCode == 0, result.Error);
        return separator == "\n" ? result.Output.Trim().Split('|', '\n') : result.Output.Trim().Split('\n');
    }
}
