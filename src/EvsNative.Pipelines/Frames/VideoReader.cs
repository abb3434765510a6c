using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Decodes any clip that ffmpeg reads: every frame once, turned upright, as 8-bit RGB, with its own time stamp. The rate of a video of
/// changing rate is the one that its file states on average. What is dropped, changed or damaged is told.
/// </summary>
internal sealed class VideoReader : IFrameReader
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly FrameStamps _stamps;
    private readonly CancellationToken _cancellation;
    private readonly ClipWatch _watch;
    private readonly List<Notice> _notices = [];
    private int _read;
    private bool _isEnded;

    /// <summary>Looks at the file and starts decoding.</summary>
    /// <param name="path">an ordinary file; ffmpeg opens no other, whatever the file refers to</param>
    /// <param name="cancellation">kills ffmpeg</param>
    /// <param name="tools">the ffmpeg to use; the one of the search path if absent</param>
    /// <exception cref="InputException">no such file, not a clip, no ffmpeg; ffmpeg's own words are quoted</exception>
    public VideoReader(string path, CancellationToken cancellation, FfmpegTools? tools = null)
    {
        ProveReadable(path);
        tools ??= FfmpegTools.Find();
        var video = ProbedVideo.Probe(tools, path, cancellation);
        (Source, Format, _cancellation, _stamps) = (path, video.Format, cancellation, new FrameStamps(video.Format));
        _watch = new ClipWatch(path, video.Format.Rate, video.Promised);
        _notices.AddRange(video.Notices);
        string matrix = video.Matrix is null ? "" : $":in_color_matrix={video.Matrix}";
        // In a plane of its own, opacity can be measured.
        string opacity = video.HasAlpha ? "format=gbrap," : "";
        _ffmpeg = new FfmpegProcess(
            tools,
            [
                "-hide_banner", "-nostats", "-nostdin", "-loglevel", "level+info", .. ClipFormats.Guard, "-i", FfmpegProcess.FileUrl(path),
                "-map", $"0:{video.Stream}", "-an", "-sn", "-dn", .. tools.EveryFrameOnce, "-vf",
                $"scale={FfmpegTools.Scaling}{matrix},{opacity}showinfo",
                "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
            ],
            cancellation,
            _stamps.Hear,
            _stamps.End);
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Unknown: what a file claims is not always what it holds.</summary>
    public int? Frames => null;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => [.. _notices];

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        stamp = default;
        int bytes = _ffmpeg.Output.ReadAtLeast(rgb, rgb.Length, throwOnEndOfStream: false);
        _cancellation.ThrowIfCancellationRequested();
        if (bytes == rgb.Length)
        {
            stamp = _stamps.Next(out var shown);
            if (shown.Width > 0 && (shown.Width, shown.Height) != (Format.Width, Format.Height)) throw OtherSize();
            _watch.See(shown, stamp);
            _read++;
            return true;
        }

        bool isContent = _ffmpeg.Finish();
        _cancellation.ThrowIfCancellationRequested();
        string said = FfmpegComplaint.Quote(_ffmpeg.Said);
        if (!isContent)
            throw new InputException(
                InputCode.Damaged, $"ffmpeg could not decode {Source}: {said}: play it to see whether the file is whole");
        if (bytes > 0) throw OtherSize();
        if (_read == 0)
            throw new InputException(InputCode.Damaged, $"{Source} has no frames: {said}: play it to see whether the file is whole");
        if (!_isEnded) _notices.AddRange(_watch.Notices(_ffmpeg.Said, _ffmpeg.Complaints));
        _isEnded = true;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _stamps.Dispose();
    }

    private static void ProveReadable(string path)
    {
        using var file = OrdinaryFile.Open(path);
        if (RandomAccess.GetLength(file) == 0)
        {
            throw new InputException(
                InputCode.WrongKind, $"{path} is an empty file, not a video: give a video file or a folder of PNG frames");
        }
    }

    private InputException OtherSize() => new(
        InputCode.Damaged, $"{Source} changes its picture size on the way, or was cut off by ffmpeg: convert it with ffmpeg first");
}
