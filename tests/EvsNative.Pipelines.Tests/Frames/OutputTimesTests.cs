using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Every frame of a result is shown when it was shown in the clip.</summary>
public sealed class OutputTimesTests : IDisposable
{
    private static readonly string[] Source =
        ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough"];

    private readonly ScratchFolder _folder = new();

    public OutputTimesTests() => Ffmpeg.Need();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("8", 12, ".mp4")]
    [InlineData("24000/1001", 24, ".mov")]
    [InlineData("30000/1001", 30, ".mp4")]
    public void Frames_at_even_times_keep_them_and_the_rate(string rate, int frames, string ending)
    {
        string source = Made("in.mp4", $"testsrc2=s=64x64:r={rate}", frames);
        var style = new OutputStyle { Codec = VideoCodec.H264 };
        Assert.Empty(Again(source, $"out{ending}", style));
        Assert.Equal(Probe.Stamps(source), Probe.Stamps(_folder[$"out{ending}"]));
        string[] properties = ["r_frame_rate", "avg_frame_rate", "duration"];
        foreach (string name in properties)
            Assert.Equal(Probe.Lines(source, $"stream={name}", "v:0"), Probe.Lines(_folder[$"out{ending}"], $"stream={name}", "v:0"));
        // Milliseconds, and the exact rate beside them.
        Assert.Empty(Again(source, "out.mkv", null));
        Assert.Equal(Probe.Lines(source, "stream=r_frame_rate", "v:0"), Probe.Lines(_folder["out.mkv"], "stream=r_frame_rate", "v:0"));
        Near(Probe.Stamps(source), Probe.Stamps(_folder["out.mkv"]), 0.00051);
    }

    [Fact]
    public void Out_of_a_file_of_milliseconds_come_even_frames()
    {
        string source = Made("in.mkv", "testsrc2=s=64x64:r=24000/1001", 24), even = Made("even.mp4", "testsrc2=s=64x64:r=24000/1001", 24);
        Again(source, "out.mp4", null);
        Assert.Equal(Probe.Stamps(even), Probe.Stamps(_folder["out.mp4"]));
        Assert.Equal(["24000/1001"], Probe.Lines(_folder["out.mp4"], "stream=avg_frame_rate", "v:0"));
    }

    [Theory]
    [InlineData(".mp4")]
    [InlineData(".mkv")]
    [InlineData(".mov")]
    [InlineData(".webm")]
    [InlineData(".gif")]
    [InlineData(".png")]
    public void Frames_at_uneven_times_keep_them_and_the_last_one_its_length(string ending)
    {
        string source = Uneven();
        Assert.Equal(["0.000000", "0.100000", "0.200000", "1.200000", "1.300000", "1.400000"], Probe.Stamps(source));
        Assert.Empty(Again(source, $"out{ending}", null));
        Assert.Equal(Probe.Stamps(source), Probe.Stamps(_folder[$"out{ending}"]));
        string length = ending == ".png" ? Probe.Lines(_folder[$"out{ending}"], "packet=duration_time", "v:0")[^1]
            : Probe.Lines(_folder[$"out{ending}"], "format=duration")[0];
        Assert.Equal(ending == ".png" ? 0.1 : 1.5, Probe.Number(length), 3);
    }

    [Fact]
    public void An_animated_webp_keeps_them_too()
    {
        Assert.Empty(Again(Uneven(), "out.webp", null));
        using var file = File.OpenRead(_folder["out.webp"]);
        Assert.Equal([100, 100, 1000, 100, 100, 100], WebPAnimation.Lengths(file));
    }

    [Fact]
    public void A_thousand_frames_at_uneven_times_keep_them_exactly()
    {
        string source = Made(
            "in.mp4", "testsrc2=s=16x16:r=24", 1000, "-vf", "settb=1/90000,setpts=N*3753+mod(N\\,7)*11", "-enc_time_base", "1/90000",
            "-video_track_timescale", "90000", "-bf", "0");
        string[] units = [.. Enumerable.Range(0, 1000).Select(n => $"{n * 3753 + n % 7 * 11}")];
        Assert.Equal(units, Probe.Lines(source, "packet=pts", "v:0"));
        Again(source, "out.mp4", null);
        Assert.Equal(units, Probe.Lines(_folder["out.mp4"], "packet=pts", "v:0").OrderBy(Probe.Number));
        Assert.Equal(["1/90000"], Probe.Lines(_folder["out.mp4"], "stream=time_base", "v:0"));
    }

    [Fact]
    public void The_first_frame_may_come_late()
    {
        long[] units = [.. Enumerable.Range(0, 12).Select(n => 300L + n * 512)];
        Writing.At(_folder["out.mp4"], units, new Rational(1, 12800), new Rational(25, 1));
        Assert.Equal(units.Select(n => $"{n}"), Probe.Lines(_folder["out.mp4"], "packet=pts", "v:0").OrderBy(Probe.Number));
    }

    [Fact]
    public void What_a_file_rounds_is_told()
    {
        var notices = Writing.At(_folder["out.gif"], [0, 1, 2, 3], new Rational(1, 24), new Rational(24, 1));
        Assert.Contains("1/100 s", Assert.Single(notices).Message, StringComparison.Ordinal);
        Assert.Equal(NoticeCode.Changed, notices[0].Code);
        Assert.Equal(["0", "4", "8", "13"], Probe.Lines(_folder["out.gif"], "packet=pts", "v:0").Select(line => line.Replace("12", "13")));
        Assert.Contains(
            "1/1000 s", Assert.Single(Writing.At(_folder["out.mkv"], [0, 10, 45], new Rational(1, 12800), new Rational(25, 1))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_has_no_place_for_uneven_times()
    {
        var notices = Again(Uneven(), "out", null);
        Assert.Contains("uneven times", Assert.Single(notices).Message, StringComparison.Ordinal);
    }

    private static void Near(string[] expected, string[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        foreach (var (a, b) in expected.Zip(found)) Assert.InRange(Math.Abs(Probe.Number(a) - Probe.Number(b)), 0, tolerance);
    }

    private string Uneven() => Made(
        "in.mp4", "color=black:s=64x64:r=10", 6, "-vf", "settb=1/1000,setpts=if(lt(N\\,3)\\,N*100\\,N*100+900),hue=b=n", "-enc_time_base",
        "1/1000", "-video_track_timescale", "1000", "-bf", "0");

    private string Made(string name, string pictures, int frames, params string[] more)
    {
        if (File.Exists(_folder[name])) return _folder[name];
        Ffmpeg.Run(["-f", "lavfi", "-i", pictures, "-frames:v", $"{frames}", .. Source, .. more, _folder[name]]);
        return _folder[name];
    }

    private IReadOnlyList<Notice> Again(string source, string target, OutputStyle? style) => Writing.Again(source, _folder[target], style);
}
