using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Decodes any file that ffmpeg reads: every frame once, turned upright, as 8-bit RGB, with its own time stamp. The rate of a video of
/// changing rate is the one that its file states on average. Sound is not read.
/// </summary>
internal sealed class VideoReader : IFrameReader
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly FrameStamps _stamps;
    private readonly CancellationToken _cancellation;
    private int _read;

    /// <summary>Looks at the file and starts decoding.</summary>
    /// <param name="path">a local file; ffmpeg may open no other protocol, whatever the file refers to</param>
    /// <param name="cancellation">kills ffmpeg</param>
    /// <exception cref="InputException">no such file, not a video, no ffmpeg; ffmpeg's own words are quoted</exception>
    public VideoReader(string path, CancellationToken cancellation)
    {
        ProveReadable(path);
        var tools = FfmpegTools.Find();
        var video = ProbedVideo.Probe(tools, path, cancellation);
        if ((long)video.Format.Width * video.Format.Height * VideoFormat.Channels > Array.MaxLength)
            throw new InputException(
                InputCode.TooLarge,
                $"{path}: one frame of {video.Format.Width}x{video.Format.Height} is more than 2 GB: use a smaller video");
        (Source, Format, _cancellation, _stamps) = (path, video.Format, cancellation, new FrameStamps(video.Format));
        string matrix = video.Matrix is null ? "" : $":in_color_matrix={video.Matrix}";
        _ffmpeg = new FfmpegProcess(
            tools,
            [
                "-hide_banner", "-nostats", "-nostdin", "-loglevel", "level+info", "-protocol_whitelist", "file", "-i",
                FfmpegProcess.FileUrl(path),
                "-map", $"0:{video.Stream}", "-an", "-sn", "-dn", .. tools.EveryFrameOnce, "-vf",
                $"scale={FfmpegTools.Scaling}{matrix},showinfo",
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
    public IReadOnlyList<Notice> Notices { get; } = [];

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        stamp = default;
        int bytes = _ffmpeg.Output.ReadAtLeast(rgb, rgb.Length, throwOnEndOfStream: false);
        _cancellation.ThrowIfCancellationRequested();
        if (bytes == rgb.Length)
        {
            stamp = _stamps.Next();
            _read++;
            return true;
        }

        bool isContent = _ffmpeg.Finish();
        _cancellation.ThrowIfCancellationRequested();
        string said = FfmpegComplaint.Quote(_ffmpeg.Said);
        if (!isContent)
            throw new InputException(
                InputCode.Damaged, $"ffmpeg could not decode {Source}: {said}: play it to see whether the file is whole");
        if (bytes > 0)
        {
            throw new InputException(
                InputCode.Damaged, $"{Source} changes its picture size on the way, or was cut off by ffmpeg: convert it with ffmpeg first");
        }

        return _read > 0
            ? false
            : throw new InputException(InputCode.Damaged, $"{Source} has no frames: {said}: play it to see whether the file is whole");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _stamps.Dispose();
    }

    private static void ProveReadable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.CanSeek && file.Length == 0)
            {
                throw new InputException(
                    InputCode.WrongKind, $"{path} is an empty file, not a video: give a video file or a folder of PNG frames");
            }
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
    }
}
