using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>--start, --end, --frames and --fps, exact to the frame.</summary>
public sealed class ClipPartTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Twelve frames, eight a second: what is asked for, and the first and last frame that come.</summary>
    public static TheoryData<string, string, int, int, int> Parts => new()
    {
        { "", "", 0, 0, 11 },
        { "0.5", "", 0, 4, 11 },
        { "0.51", "1", 0, 5, 7 },
        { "3f", "9f", 0, 3, 8 },
        { "3f", "", 2, 3, 4 },
        { "0:0.25", "1:00", 5, 2, 6 },
        { "", "0.126", 0, 0, 1 },
        { "11f", "", 0, 11, 11 },
        { "2f", "4f", 100, 2, 3 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_folder_gives_the_frames_that_are_asked_for(string start, string end, int frames, int first, int last)
    {
        for (int i = 0; i < 12; i++) Grey(i);
        using var reader = FrameFiles.Open(_folder.Path, Choice(start, end, frames));
        Check(reader, first, last);
        Assert.Null(reader.Origin);
    }

    /// <summary>Predicted frames before and behind the cut, and pictures that come in another order than they are shown.</summary>
    [Theory]
    [InlineData("0.51", "1", 0, 5, 7)]
    [InlineData("3f", "", 2, 3, 4)]
    [InlineData("", "", 0, 0, 11)]
    public void A_video_gives_the_frames_that_are_asked_for(string start, string end, int frames, int first, int last)
    {
        Ffmpeg.Need();
        MakeVideo();
        using var reader = FrameFiles.Open(_folder["in.mp4"], Choice(start, end, frames));
        Check(reader, first, last);
        var origin = reader.Origin!;
        Assert.Equal((_folder["in.mp4"], 0), (origin.Path, origin.Stream));
        Assert.Equal(TimeSpan.FromSeconds(start.Length > 0 ? first / 8.0 : 0), origin.From);
        Assert.Equal(last < 11 ? TimeSpan.FromSeconds((last + 1) / 8.0) : null, origin.To);
        Assert.Equal(new Rational(1, 16384), reader.Format.TimeBase);
    }

    [Theory]
    [InlineData("12f", "", "--start 12f lies behind the end")]
    [InlineData("1.5", "", "12 frames, the last at 1.375 s")]
    [InlineData("5f", "5f", "between --start 5f and --end 5f")]
    [InlineData("1", "0.5", "between --start 1 and --end 0.5")]
    public void Nothing_is_no_clip(string start, string end, string words)
    {
        for (int i = 0; i < 12; i++) Grey(i);
        Assert.Contains(
            words,
            InputErrors.Expect(() => FrameFiles.Open(_folder.Path, Choice(start, end, 0)), InputCode.OutOfRange, _folder.Path),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_told()
    {
        for (int i = 0; i < 4; i++) Grey(i);
        using var reader = FrameFiles.Open(_folder.Path, Choice("1f", "9f", 7));
        Assert.Equal(3, reader.Frames);
        Assert.All(reader.Notices, notice => Assert.Equal(NoticeCode.Assumed, notice.Code));
        Assert.Contains("it ends before --end 9f", reader.Notices[0].Message, StringComparison.Ordinal);
        Assert.Contains("--frames 7 are more than there are: 3", reader.Notices[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_clip_is_looked_at_no_further_than_is_needed()
    {
        Ffmpeg.Need();
        const string made = "-f lavfi -i testsrc2=s=32x32:r=5 -frames:v 600 -g 20 -c:v libx264 -preset ultrafast";
        Ffmpeg.Run([.. made.Split(' '), _folder["long.mp4"]]);
        var clip = new VideoClip(_folder["long.mp4"], "long.mp4", Choice("", "10f", 0), default);
        Assert.True(clip.Survey.IsStopped);
        Assert.Equal((11, 10), (clip.Survey.Frames.Count, clip.Part.Count));
        // A part that lies far inside is not reached through all that lies before it, and is the same part.
        var far = new VideoClip(_folder["long.mp4"], "long.mp4", Choice("1:40", "1:40.5", 0), default);
        Assert.Equal((70, 3), (far.Survey.Begin.TotalSeconds, far.Part.Count));
        Assert.InRange(far.Survey.Frames.Count, 30 * 5, 200);
        Assert.Equal(TimeSpan.FromSeconds(100), far.Part.From);
        using var reader = new VideoReader(far, default);
        Assert.Equal(
            FrameFiles.Read(_folder["long.mp4"], choice: Choice("500f", "503f", 0)).Pixels, VideoFrames.Read(reader).Pixels);
    }

    [Theory]
    [InlineData("12.5", "12.5")]
    [InlineData("1:02.5", "62.5")]
    [InlineData("1:02:03.25", "3723.25")]
    [InlineData("0", "0")]
    [InlineData("48f", "48f")]
    public void A_moment_is_a_time_or_a_frame(string text, string printed) =>
        Assert.Equal(printed, new Choices().With(ClipSettings.Start, text).Get(ClipSettings.Start)!.Value.ToString());

    [Theory]
    [InlineData("-1")]
    [InlineData("f")]
    [InlineData("1.5f")]
    [InlineData("1:60")]
    [InlineData("1:2:3:4")]
    [InlineData("1e9")]
    [InlineData("ten")]
    [InlineData("1:-2")]
    public void Anything_else_is_none(string text) =>
        Assert.Equal(InputCode.UnknownWord, Assert.Throws<InputException>(() => new Choices().With(ClipSettings.Start, text)).Code);

    /// <summary>The choice of frames is that of ffmpeg's own filter.</summary>
    [Theory]
    [InlineData("5")]
    [InlineData("24000/1001")]
    public void Another_rate_drops_and_repeats_as_ffmpegs_filter_does(string rate)
    {
        Ffmpeg.Need();
        MakeVideo();
        string filter = $"fps={rate},scale={FfmpegTools.Scaling}";
        Ffmpeg.Run("-i", _folder["in.mp4"], "-vf", filter, "-pix_fmt", "rgb24", "-c:v", "ffv1", _folder["fps.mkv"]);
        var expected = FrameFiles.Read(_folder["fps.mkv"]);
        var wanted = Rational.Parse(rate)!.Value;
        using var reader = FrameFiles.Open(_folder["in.mp4"], new ClipChoice { Rate = wanted });
        Assert.Equal((expected.Count, wanted, wanted.Inverse()), (reader.Frames, reader.Format.Rate, reader.Format.TimeBase));
        Assert.Contains($"become {wanted.ToDecimal()}: ", reader.Notices[^1].Message, StringComparison.Ordinal);
        var read = VideoFrames.Read(reader);
        Assert.Equal(expected.Pixels.Select(value => value / 20), read.Pixels.Select(value => value / 20));
        for (int i = 0; i < read.Count; i++) Assert.Equal(reader.Format.StampOf(i), read.StampOf(i));
    }

    /// <summary>Each frame says its number by its brightness.</summary>
    private static byte Level(int frame) => (byte)(20 * frame + 10);

    private static ClipChoice Choice(string start, string end, int frames)
    {
        var choices = new Choices();
        ClipMoment? Read(Setting<ClipMoment> setting, string text) => text.Length == 0 ? null : choices.With(setting, text).Get(setting);
        return new ClipChoice
        {
            Start = Read(ClipSettings.Start, start),
            End = Read(ClipSettings.End, end),
            Frames = frames > 0 ? frames : null,
        };
    }

    private static void Check(IFrameReader reader, int first, int last)
    {
        Assert.Equal(last - first + 1, reader.Frames);
        byte[] frame = new byte[reader.Format.FrameBytes];
        for (int i = first; i <= last; i++)
        {
            Assert.True(reader.TryRead(frame, out var stamp));
            Assert.Equal((i - first) / 8.0, stamp.TotalSeconds);
            Assert.InRange(frame[frame.Length / 2], Level(i) - 3, Level(i) + 3);
        }

        Assert.False(reader.TryRead(frame, out _));
    }

    private void Grey(int frame) => File.WriteAllBytes(
        _folder[$"{frame}.png"], StillImage.Png([.. Enumerable.Repeat(Level(frame), 32 * 32 * 3)], 32, 32));

    private void MakeVideo() => Ffmpeg.Run(
    [
        "-f", "lavfi", "-i", "color=black:s=32x32:r=8:d=1.5,format=gray,geq=lum=20*N+10,scale=out_range=tv,format=yuv420p",
        .. "-c:v libx264 -bf 3 -g 12 -qp 1 -colorspace bt709".Split(' '), _folder["in.mp4"],
    ]);
}
