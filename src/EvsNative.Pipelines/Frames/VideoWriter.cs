using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Encodes H.264, 4:2:0, in an mp4 that starts playing before it is loaded, of high quality, in BT.709 colours and labelled so, with the
/// format's tags. Frames follow each other evenly at the format's exact rate, whatever their stamps. 4:2:0 needs even sizes: an odd one
/// gets one more column or row that repeats the edge. There is no sound.
/// </summary>
internal sealed class VideoWriter : IFrameWriter
{
    private const int Quality = 16;

    private readonly string _path;
    private readonly FfmpegTools _tools;
    private readonly PendingFile _pending;
    private readonly FfmpegProcess _ffmpeg;
    private readonly CancellationToken _cancellation;
    private readonly StampOrder _order = new();
    private readonly byte[]? _even;
    private readonly int _width, _height;
    private int _written;
    private bool _isFinished;

    /// <summary>Starts a file.</summary>
    /// <param name="path">the file; it appears when it is whole</param>
    /// <param name="format">the frames' size, rate and tags</param>
    /// <param name="force">replace an existing file</param>
    /// <param name="wasAsked">whether the place could be had was asked before the work</param>
    /// <param name="cancellation">kills ffmpeg; nothing is left behind</param>
    /// <exception cref="InputException">the place is taken or cannot be written, or no ffmpeg</exception>
    public VideoWriter(string path, VideoFormat format, bool force, bool wasAsked, CancellationToken cancellation)
    {
        (_path, Format, _cancellation) = (path, format, cancellation);
        _tools = FfmpegTools.Find();
        _pending = new PendingFile(path, force, wasAsked);
        (_width, _height) = (FramePadding.RoundUp(format.Width, 2), FramePadding.RoundUp(format.Height, 2));
        if ((_width, _height) != (format.Width, format.Height)) _even = new byte[_width * _height * VideoFormat.Channels];
        string filter = $"scale={FfmpegTools.Scaling}:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar={format.PixelAspect},"
            + "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";
        _ffmpeg = Start(
            [
                "-nostats", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-f", "rawvideo", "-pixel_format", "rgb24",
                "-video_size", $"{_width}x{_height}", "-framerate", $"{format.Rate}", "-i", "pipe:0", "-an", "-vf", filter,
                "-c:v", "libx264", "-preset", "medium", "-crf", $"{Quality}", "-pix_fmt", "yuv420p",
                "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                .. format.Tags.SelectMany(tag => new[] { "-metadata", $"{tag.Key}={tag.Value}" }),
                "-movflags", "+faststart", "-f", "mp4", "-y", FfmpegProcess.FileUrl(_pending.Temporary),
            ]);
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public VideoFormat Written => Format with { Width = _width, Height = _height };

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => _even is null ? _pending.Notices : [.. _pending.Notices, Evened];

    private Notice Evened => new(
        NoticeCode.Changed,
        $"{_path}: {Format.Width}x{Format.Height} is written as {_width}x{_height}, as such a video needs even sizes: "
        + "its last column or row is there twice");

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp)
    {
        _order.Check(rgb.Length, Format, stamp);
        if (_even is not null) FramePadding.Extend(rgb, Format.Width, Format.Height, _even, _width, _height);
        try
        {
            _ffmpeg.Input.Write(_even is null ? rgb : _even);
            _written++;
        }
        catch (IOException)
        {
            throw Failed();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        if (_isFinished) return;
        if (!_ffmpeg.Finish() || FfmpegComplaint.DiskFull(_ffmpeg.Said)) throw Failed();
        _cancellation.ThrowIfCancellationRequested();
        ProveWhole();
        _pending.Finish();
        _isFinished = true;
    }

    /// <inheritdoc/>
    public string Complete()
    {
        Finish();
        _cancellation.ThrowIfCancellationRequested();
        return _pending.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _pending.Dispose();
    }

    private FfmpegProcess Start(string[] arguments)
    {
        try
        {
            return new FfmpegProcess(_tools, arguments, _cancellation);
        }
        catch
        {
            _pending.Dispose();
            throw;
        }
    }

    /// <summary>Why ffmpeg does not go on.</summary>
    private InputException Failed()
    {
        _ffmpeg.Finish();
        _cancellation.ThrowIfCancellationRequested();
        return FfmpegComplaint.DiskFull(_ffmpeg.Said)
            ? StorageFault.DiskFull(_path)
            : new InputException(
                InputCode.ToolFailed,
                $"ffmpeg could not write {_path}: {FfmpegComplaint.Quote(_ffmpeg.Said)}: give a folder name to write PNG frames instead");
    }

    /// <summary>ffmpeg has been seen to report success for a file that it could not finish.</summary>
    private void ProveWhole()
    {
        int found = 0;
        try
        {
            found = ProbedVideo.Probe(_tools, _pending.Temporary, _cancellation).Promised.Counted;
        }
        catch (InputException)
        {
            // Not even a video: told below with the name that the user knows.
        }

        if (found != _written)
        {
            throw new InputException(
                InputCode.ToolFailed,
                $"ffmpeg wrote {found} of {_written} frames to {_path}: try again, or give a folder name to write PNG frames");
        }
    }
}
