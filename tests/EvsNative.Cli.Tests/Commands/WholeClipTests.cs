using System.Globalization;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>A clip such as a telephone makes: long, with sound, shown at uneven times, turned. It comes out as it went in.</summary>
public sealed class WholeClipTests : IDisposable
{
    private const int Frames = 200, Width = 32, Height = 24;

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Two_hundred_frames_with_sound_uneven_times_and_rotation_come_out_as_they_went_in()
    {
        string clip = Clip();
        string[] words = ["refine", clip, "-o", _scene["out.mp4"], "--upscale", "1", "--json", .. Scene.Short];
        var run = Evs.Run(words).Json();
        string[] stamps = Probe.Stamps(clip);
        Assert.Equal(Frames, stamps.Length);
        double[] lengths = [.. stamps.Zip(stamps.Skip(1), (a, b) => Probe.Number(b) - Probe.Number(a))];
        Assert.True(lengths.Max() > 2 * lengths.Min(), "the clip's times are even, which proves nothing");
        Assert.Equal(stamps, Probe.Stamps(_scene["out.mp4"]));
        Assert.Equal(Probe.TimeBase(clip), Probe.TimeBase(_scene["out.mp4"]));
        string[] sound = Probe.Hashes(clip, "a:0");
        Assert.True(sound.Length > Frames / 2, $"{sound.Length} packets of sound are hardly any");
        Assert.Equal(sound, Probe.Hashes(_scene["out.mp4"], "a:0"));
        Assert.Equal(Probe.Lines(clip, "packet=pts_time", "a:0"), Probe.Lines(_scene["out.mp4"], "packet=pts_time", "a:0"));
        // As it is shown: upright, and nobody is to turn it once more.
        Assert.Equal([$"{Height},{Width}"], Probe.Lines(_scene["out.mp4"], "stream=width,height", "v:0"));
        Assert.False(IsTurned(_scene["out.mp4"]));
        Assert.Equal(Frames, run.GetProperty("output").GetProperty("frames").GetInt32());
        string[] said = [.. run.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()!)];
        Assert.DoesNotContain("dropped", said);
        Assert.DoesNotContain("changed", said);
    }

    private static bool IsTurned(string file) =>
        Probe.Lines(file, "stream_side_data=rotation", "v:0").Any(line => line.Contains("90", StringComparison.Ordinal));

    private string Clip()
    {
        Ffmpeg.Need();
        // Times in 1/12800 s: every third frame comes late, and in the middle the picture stands still for a while.
        const string times = "setpts='(N*512+170*mod(N,3)+3000*gte(N,100))/12800/TB'";
        string seconds = (Frames / 25.0 + 1).ToString(CultureInfo.InvariantCulture);
        string[] pictures = ["-f", "lavfi", "-i", $"testsrc2=s={Width}x{Height}:r=25,{times}"];
        string[] encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-c:a", "aac"];
        Ffmpeg.Run(
        [
            .. pictures, "-f", "lavfi", "-i", $"sine=440:r=24000:d={seconds}", "-frames:v", $"{Frames}", .. Ffmpeg.Tools.EveryFrameOnce,
            "-enc_time_base:v", "1/12800", "-video_track_timescale", "12800", .. encoding, _scene["flat.mp4"],
        ]);
        Ffmpeg.Run("-i", _scene["flat.mp4"], "-c", "copy", "-metadata:s:v", "rotate=90", _scene["turned.mp4"]);
        if (IsTurned(_scene["turned.mp4"])) return _scene["turned.mp4"];
        // Since version 7 the tag is nothing to ffmpeg, and an option says it.
        Ffmpeg.Run("-display_rotation", "90", "-i", _scene["flat.mp4"], "-c", "copy", "-y", _scene["turned.mp4"]);
        return _scene["turned.mp4"];
    }
}
