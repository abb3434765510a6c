using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Encoders that lack something, die, or stand still: one line each, nothing left behind, no waiting for ever.</summary>
public sealed class EncoderFaultTests : IDisposable
{
    private const string Encoders = " V....D libx264  x\\n VFS..D prores_ks x\\n";

    private static readonly VideoFormat Format = new(32, 32, new Rational(8, 1));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("echo 'x264 is out of luck' >&2; exit 1", "x264 is out of luck")]
    [InlineData("head -c 100 >/dev/null; echo '[libx264 @ 0x5] broken' >&2; exit 3", "broken")]
    [InlineData("kill -9 $$", "no reason given")]
    [InlineData("cat >/dev/null; echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 0", "the disk is full")]
    [InlineData("cat >/dev/null; exit 0", "wrote 0 of 40 frames")]
    public void An_encoder_that_fails_is_quoted(string script, string said)
    {
        var error = Assert.Throws<InputException>(() => Write(Pretend(script), TimeSpan.FromMinutes(1)));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["out.mp4"], error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Code, new[] { InputCode.ToolFailed, InputCode.DiskFull });
        Assert.Equal(["bin"], _folder.Names());
    }

    [Theory]
    [InlineData("sleep 120")]
    [InlineData("cat >/dev/null; sleep 120")]
    public void An_encoder_that_stands_still_is_ended(string script)
    {
        var clock = Stopwatch.StartNew();
        var error = Assert.Throws<InputException>(() => Write(Pretend(script), TimeSpan.FromSeconds(1)));
        Assert.Contains("did nothing", error.Message, StringComparison.Ordinal);
        Assert.Equal(InputCode.ToolFailed, error.Code);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
        Assert.Equal(["bin"], _folder.Names());
    }

    [Fact]
    public void An_encoder_that_is_slow_is_waited_for()
    {
        Ffmpeg.Need();
        var tools = Pretend($"sleep 2; exec {Ffmpeg.Tools.Ffmpeg} \"$@\"");
        Assert.Equal(_folder["out.mp4"], Write(tools, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void What_an_ffmpeg_lacks_is_named()
    {
        var tools = Pretend("exit 1");
        Assert.True(tools.HasEncoder("libx264") && tools.HasEncoder("prores_ks"));
        Lacks("out.webm", null, "vp9", "libvpx-vp9", tools);
        Lacks("out.mp4", VideoCodec.Av1, "av1", "libsvtav1, libaom-av1", tools);
        EncoderChoice.Of(OutputTarget.Of("out.mp4"), null, tools);
        // A build of x264 for 8 bits alone.
        var error = Assert.Throws<InputException>(
            () => EncoderChoice.Of(OutputTarget.Of("out.mp4", new OutputStyle { Bits = 10 }), null, tools));
        Assert.Equal(InputCode.NoTool, error.Code);
        Assert.Contains("10 bits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_an_encoder_refuses_is_found_before_the_work()
    {
        Ffmpeg.Need();
        var large = new VideoFormat(20000, 16, new Rational(8, 1));
        string line = InputErrors.Expect(
            () => FrameFiles.CheckEncoder(_folder["out.webm"], large with { Width = 70000 }), InputCode.ToolFailed, "out.webm");
        Assert.Contains("--codec", line, StringComparison.Ordinal);
        FrameFiles.CheckEncoder(_folder["out.mp4"], Format);
        FrameFiles.CheckEncoder(_folder["out"], large);
        Assert.Empty(_folder.Names());
    }

    private static void Lacks(string name, VideoCodec? codec, string word, string encoders, FfmpegTools tools)
    {
        var error = Assert.Throws<InputException>(
            () => EncoderChoice.Of(OutputTarget.Of(name, new OutputStyle { Codec = codec }), null, tools));
        Assert.Equal(InputCode.NoTool, error.Code);
        Assert.Contains($"{word} ({encoders})", error.Message, StringComparison.Ordinal);
    }

    private string Write(FfmpegTools tools, TimeSpan patience)
    {
        using var writer = new VideoWriter(OutputTarget.Of(_folder["out.mp4"]), Format, false, false, default, tools, patience);
        byte[] frame = new byte[Format.FrameBytes];
        for (int i = 0; i < 40; i++) writer.Write(frame, Format.StampOf(i));
        return writer.Complete();
    }

    /// <summary>An ffmpeg that answers questions and otherwise does as a script says.</summary>
    private FfmpegTools Pretend(string script)
    {
        Ffmpeg.Need();
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs a shell script as a program.");
            throw new InvalidOperationException();
        }

        string bin = _folder["bin"];
        Directory.CreateDirectory(bin);
        string ffmpeg = Path.Combine(bin, "ffmpeg");
        File.WriteAllText(
            ffmpeg,
            "#!/bin/sh\ncase \"$*\" in\n*-version*) echo 'ffmpeg version 5.1.0';;\n"
            + $"*-encoders*) printf '{Encoders}';;\n*encoder=*) echo '    Supported pixel formats: yuv420p yuv422p10le';;\n"
            + $"*) {script};;\nesac\n");
        File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(bin, "ffprobe"), Ffmpeg.Tools.Ffprobe);
        return FfmpegTools.Find(bin);
    }
}
