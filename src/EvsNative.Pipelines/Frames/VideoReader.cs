using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Decodes the wanted frames of a video that was looked at: each once, turned upright, as 8-bit RGB, with its own time stamp.
/// </summary>
internal sealed class VideoReader : IFrameReader
{
    private readonly VideoClip _clip;
    private readonly FfmpegProcess _ffmpeg;
    private readonly IPixelSource _pixels;
    private readonly TimeSpan[] _stamps;
    private readonly CancellationToken _cancellation;
    private int _next;

    /// <summary>Starts decoding.</summary>
    /// <param name="clip">the video</param>
    /// <param name="cancellation">kills ffmpeg</param>
    public VideoReader(VideoClip clip, CancellationToken cancellation)
    {
        (_clip, _stamps, _cancellation) = (clip, clip.Stamps, cancellation);
        _pixels = clip.HasAlpha ? new OpacityPixels(Format)
            : clip.Video.Colors is { NeedsConversion: true } colors ? new WidePixels(Format, colors)
            : new PlainPixels();
        _ffmpeg = new FfmpegProcess(
            clip.Tools,
            [
                .. VideoDecoding.Input(clip.Video, clip.Path, clip.Survey.Begin, "level+error"), .. clip.Tools.EveryFrameOnce,
                "-vf", VideoDecoding.Filters(clip.Video, clip.Survey, clip.Part), "-f", "rawvideo", "-pix_fmt", _pixels.Name, "pipe:1",
            ],
            cancellation);
    }

    /// <inheritdoc/>
    public VideoFormat Format => _clip.Format;

    /// <inheritdoc/>
    public string Source => _clip.Name;

    /// <inheritdoc/>
    public int? Frames => _stamps.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => _clip.Notices;

    /// <inheritdoc/>
    public ClipOrigin? Origin => new(_clip.Path, _clip.Video.Stream, _clip.Part.From, _clip.Part.To);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _pixels.Alpha;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        stamp = default;
        _cancellation.ThrowIfCancellationRequested();
        if (_next == _stamps.Length) return false;
        bool isWhole = _pixels.TryRead(_ffmpeg.Output, rgb);
        _cancellation.ThrowIfCancellationRequested();
        if (!isWhole)
        {
            bool isContent = _ffmpeg.Finish();
            _cancellation.ThrowIfCancellationRequested();
            string said = isContent ? "it has changed since it was looked at" : FfmpegComplaint.Quote(_ffmpeg.Said);
            throw new InputException(
                InputCode.Damaged, $"ffmpeg could not decode frame {_next} of {_stamps.Length} of {Source}: {said}: start again");
        }

        stamp = _stamps[_next++];
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _ffmpeg.Dispose();
}
