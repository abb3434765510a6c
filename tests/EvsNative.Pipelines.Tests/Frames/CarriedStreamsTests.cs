using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>What goes in beside the pictures comes out, or a line says that it does not.</summary>
public sealed class CarriedStreamsTests(SoundClip clip) : IClassFixture<SoundClip>, IDisposable
{
    /// <summary>Samples a second that sound is decoded to.</summary>
    private const int Samples = 8000;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".mp4")]
    [InlineData(".mov")]
    [InlineData(".mkv")]
    public void Sound_is_the_same_to_the_byte_and_as_early(string ending)
    {
        var notices = Write(clip.Mp4, $"out{ending}", out string file);
        foreach (string stream in (string[])["a:0", "a:1"]) Assert.Equal(Probe.Hashes(clip.Mp4, stream), Probe.Hashes(file, stream));
        Assert.Equal(Probe.Stamps(clip.Mp4), Probe.Stamps(file), new Near(0.00051));
        Assert.Equal(["fra", "und"], Languages(file, "a"));
        Assert.Equal(["ita"], Languages(file, "v:0"));
        Assert.Equal(["one,0.000000,2.000000", "two,2.000000,4.000000"], Chapters(file));
        Assert.Equal(["A fox"], Probe.Lines(file, "format_tags=title"));
        Assert.Equal(["Hello", "World"], Subtitles(file));
        Assert.Equal(["spa"], Languages(file, "s"));
        bool hasCover = Probe.Lines(file, "stream_disposition=attached_pic", "v").Contains("1");
        Assert.Equal(ending == ".mp4", hasCover);
        if (hasCover) Assert.Equal(Probe.Hashes(clip.Mp4, "v:1"), Probe.Hashes(file, "v:1"));
        Assert.Equal(hasCover ? [] : [NoticeCode.Dropped], notices.Select(n => n.Code).Where(code => code == NoticeCode.Dropped));
        InStep(file, 1.5);
    }

    [Fact]
    public void A_file_of_the_same_kind_takes_all_of_it()
    {
        Assert.Empty(Write(clip.Mkv, "out.mkv", out string file));
        foreach (string stream in (string[])["a:0", "a:1", "s:0"]) Assert.Equal(Probe.Hashes(clip.Mkv, stream), Probe.Hashes(file, stream));
        Assert.Equal(["c.txt"], Probe.Lines(file, "stream_tags=filename", "t"));
        // Its Opus begins 7 ms before zero, which ffmpeg takes for the beginning.
        Assert.Equal(["one,0.007000,2.007000", "two,2.007000,4.007000"], Chapters(file));
    }

    [Fact]
    public void What_mp4_cannot_hold_is_changed_and_told()
    {
        var notices = Write(clip.Mkv, "out.mp4", out string file);
        Assert.Equal(["aac", "opus"], Probe.Lines(file, "stream=codec_name", "a"));
        Assert.Equal(Probe.Hashes(clip.Mkv, "a:1"), Probe.Hashes(file, "a:1"));
        Assert.Equal(["Hello", "World"], Subtitles(file));
        Assert.Contains("sound (pcm_s16le) becomes aac", One(notices, NoticeCode.Changed), StringComparison.Ordinal);
        Assert.Contains("subtitles (subrip) becomes mov_text", One(notices, NoticeCode.Changed), StringComparison.Ordinal);
        Assert.Contains("attached files", One(notices, NoticeCode.Dropped), StringComparison.Ordinal);
        InStep(file, 1.5);
    }

    [Fact]
    public void What_webm_cannot_hold_is_changed_and_told()
    {
        var notices = Write(clip.Mp4, "out.webm", out string file);
        Assert.Equal(["opus", "opus"], Probe.Lines(file, "stream=codec_name", "a"));
        Assert.Equal(["webvtt"], Probe.Lines(file, "stream=codec_name", "s"));
        Assert.Equal(["Hello", "World"], Subtitles(file));
        Assert.Contains("sound (aac) becomes opus", One(notices, NoticeCode.Changed), StringComparison.Ordinal);
        Assert.Contains("cover picture", One(notices, NoticeCode.Dropped), StringComparison.Ordinal);
        InStep(file, 1.5);
    }

    [Theory]
    [InlineData("out.gif", ".gif")]
    [InlineData("out", "a folder of frames")]
    public void What_has_no_place_is_told(string target, string holder)
    {
        string line = Write(clip.Mp4, target, out _).First(notice => notice.Code == NoticeCode.Dropped).Message;
        foreach (string word in (string[])["sound (aac)", "subtitles (mov_text)", "cover picture", "chapters", holder])
            Assert.Contains(word, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".mp4", ".mp4")]
    [InlineData(".mkv", ".mkv")]
    [InlineData(".mkv", ".mp4")]
    [InlineData(".mp4", ".webm")]
    public void Of_a_part_of_a_clip_sound_and_pictures_stay_in_step(string source, string ending)
    {
        Write(source == ".mp4" ? clip.Mp4 : clip.Mkv, $"out{ending}", out string file, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal(16, Probe.Stamps(file).Length);
        Assert.InRange(Probe.Number(Probe.Stamps(file)[0]), 0, 0.015);
        InStep(file, 0.5);
        string[] chapters = [.. Chapters(file).Select(chapter => string.Join(',', chapter.Split(',').Select(word => word[..3])))];
        Assert.Equal(["one,0.0,1.0", "two,1.0,2.0"], chapters);
        foreach (string sound in (string[])["a:0", "a:1"])
        {
            double[] stamps = [.. Probe.Lines(file, "packet=pts_time", sound).Where(l => l.Length > 0).Select(Probe.Number)];
            Assert.InRange(stamps.Min(), -0.03, 0.05);
            Assert.InRange(stamps.Max(), 1.9, 2.05);
        }

        Assert.Equal(["World"], Subtitles(file));
    }

    [Fact]
    public void A_clip_that_is_gone_costs_its_sound_alone()
    {
        Ffmpeg.Need();
        var style = new OutputStyle { Origin = new ClipOrigin(_folder["gone.mp4"], 0, TimeSpan.Zero, null) };
        using var writer = FrameFiles.Create(_folder["out.mp4"], new VideoFormat(32, 32, new Rational(8, 1)), style: style);
        writer.Write(new byte[32 * 32 * 3], TimeSpan.Zero);
        writer.Complete();
        Assert.Contains("can no longer be read", One(writer.Notices, NoticeCode.Dropped), StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_that_ffmpeg_cannot_take_over_costs_no_pictures()
    {
        Ffmpeg.Need();
        // Opus that says it is FLAC: ffmpeg copies it, and nobody can read what comes out.
        byte[] file = File.ReadAllBytes(clip.Mkv);
        string broken = _folder["broken.mkv"];
        int at = file.AsSpan().IndexOf("A_OPUS"u8);
        "A_FLAC"u8.CopyTo(file.AsSpan(at));
        File.WriteAllBytes(broken, file);
        var notices = Write(broken, "out.mp4", out string written, pictures: clip.Mkv);
        Assert.Equal(32, Probe.Stamps(written).Length);
        const string said = "sound (flac): ffmpeg could not take it over";
        Assert.Contains(notices, notice => notice.Message.Contains(said, StringComparison.Ordinal));
        Assert.Equal(["aac"], Probe.Lines(written, "stream=codec_name", "a"));
    }

    private static string One(IEnumerable<Notice> notices, NoticeCode code) => Assert.Single(notices, n => n.Code == code).Message;

    private static string[] Languages(string file, string streams) =>
        [.. Probe.Lines(file, "stream=index:stream_tags=language", streams).Select(line => line.Split(',').ElementAtOrDefault(1) ?? "und")];

    private static string[] Chapters(string file) =>
    [
        .. Probe.Lines(file, "chapter=start_time,end_time:chapter_tags=title", null, "-show_chapters")
            .Where(line => line.Split(',').Length == 3).Select(line => line.Split(','))
            .Select(words => $"{words[2]},{words[0]},{words[1]}"),
    ];

    private static string[] Subtitles(string file)
    {
        var result = ToolProcess.Run(Ffmpeg.Tools.Ffmpeg, ["-v", "error", "-i", file, "-map", "0:s:0", "-f", "srt", "-"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. result.Output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith('H') || line.StartsWith('W'))];
    }

    /// <summary>The flash and the beep are where they are to be, by what a player would show and play.</summary>
    private static void InStep(string file, double seconds)
    {
        // Gaps and what is thrown away at the beginning are made up for as a player does.
        string raw = file + ".pcm";
        Ffmpeg.Run(
            "-i", file, "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", $"{Samples}", "-f", "s16le", raw);
        short[] sound = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(raw)).ToArray();
        double beep = Array.FindIndex(sound, sample => Math.Abs((int)sample) > 4000) / (double)Samples;
        var video = FrameFiles.Read(file);
        int white = Enumerable.Range(0, video.Count).First(i => video.Frame(i)[0] > 128);
        double flash = video.StampOf(white).TotalSeconds;
        Assert.InRange(flash, seconds - 0.03, seconds + 0.03);
        Assert.InRange(beep - flash, -0.012, 0.012);
    }

    private IReadOnlyList<Notice> Write(
        string source, string target, out string file, TimeSpan from = default, TimeSpan? to = null, string? pictures = null)
    {
        Ffmpeg.Need();
        file = _folder[target];
        return Writing.Again(source, file, new OutputStyle(), from, to, pictures);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<string>
    {
        public bool Equals(string? a, string? b) => Math.Abs(Probe.Number(a!) - Probe.Number(b!)) <= tolerance;

        public int GetHashCode(string text) => 0;
    }
}
