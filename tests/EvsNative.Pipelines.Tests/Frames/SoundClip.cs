using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>
/// A clip of four seconds with everything that may belong to one. From 1.5 to 1.625 s it is white and beeps; else it is black and still.
/// </summary>
public sealed class SoundClip : IDisposable
{
    public const string Text = "1\n00:00:00,200 --> 00:00:00,900\nHello\n\n2\n00:00:02,100 --> 00:00:02,900\nWorld\n";

    private const string Chapters =
        ";FFMETADATA1\ntitle=A fox\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=one\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=4000\ntitle=two\n";

    private readonly ScratchFolder _folder = new();

    public SoundClip()
    {
        if (FfmpegTools.TryFind() is null) return;
        File.WriteAllText(_folder["s.srt"], Text);
        File.WriteAllText(_folder["c.txt"], Chapters);
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc2=s=32x32", "-frames:v", "1", _folder["cover.png"]);
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "color=black:s=64x64:r=8:d=4,format=gray,geq=lum='if(between(T,1.5,1.6),255,16)'",
            "-f", "lavfi", "-i", "aevalsrc='0.8*sin(2*PI*880*t)*between(t,1.5,1.625)':s=48000:d=4",
            "-i", _folder["s.srt"], "-i", _folder["c.txt"],
            "-map", "0", "-map", "1", "-map", "1", "-map", "2", "-map_metadata", "3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
            "yuv420p", "-c:a", "aac", "-c:s", "mov_text", "-metadata:s:v:0", "language=ita", "-metadata:s:a:0", "language=fra",
            "-metadata:s:s:0", "language=spa", Plain);
        Ffmpeg.Run(
            "-i", Plain, "-i", _folder["cover.png"], "-map", "0:v", "-map", "0:a", "-map", "0:s", "-map", "1", "-c", "copy",
            "-disposition:v:1", "attached_pic", Mp4);
        Ffmpeg.Run(
            "-i", Plain, "-map", "0:v", "-map", "0:a", "-map", "0:s", "-c", "copy", "-c:a:0", "pcm_s16le", "-c:a:1", "libopus", "-c:s",
            "srt", "-attach", _folder["c.txt"], "-metadata:s:t", "mimetype=text/plain", "-metadata:s:t", "filename=c.txt", Mkv);
    }

    /// <summary>H.264, twice AAC, subtitles, chapters, a title, a cover.</summary>
    public string Mp4 => _folder["clip.mp4"];

    /// <summary>The same with PCM and Opus, and an attached file.</summary>
    public string Mkv => _folder["clip.mkv"];

    private string Plain => _folder["plain.mp4"];

    public void Dispose() => _folder.Dispose();
}
