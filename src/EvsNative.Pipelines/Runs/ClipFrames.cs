using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// The frames of a clip at some size, by their numbers. They are read forwards, and one frame ahead on another thread; who asks for an
/// earlier one has the clip opened again.
/// </summary>
/// <param name="open">opens the clip at its first frame</param>
/// <param name="clip">the clip as it was when it was looked through</param>
/// <param name="width">of the frames to give, pixels</param>
/// <param name="height">of the frames to give, pixels</param>
internal sealed class ClipFrames(Func<IFrameReader> open, KnownClip clip, int width, int height) : IDisposable
{
    private readonly PixelResize _resize = new(clip.Format.Width, clip.Format.Height, width, height);
    private readonly PixelResize? _resizeAlpha =
        clip.Format.HasAlpha ? new PixelResize(clip.Format.Width, clip.Format.Height, width, height, channels: 1) : null;

    private readonly byte[] _given = new byte[clip.Format.FrameBytes], _rgb = new byte[checked(height * width * VideoFormat.Channels)];
    private readonly byte[] _alpha = clip.Format.HasAlpha ? new byte[height * width] : [];
    private IFrameReader? _reader;
    private Task? _ahead;
    private int _next;

    /// <summary>Bytes of a frame's plane of opacity, H * W; 0 where the clip has none.</summary>
    public int AlphaBytes => _alpha.Length;

    /// <summary>Gives a frame.</summary>
    /// <param name="frame">its number, 0 for the first</param>
    /// <param name="rgb">[H,W,3], filled</param>
    /// <param name="alpha">[H,W], filled; empty where it is not wanted or not there</param>
    /// <exception cref="InputException">it cannot be read, or is no longer what it was</exception>
    public void Read(int frame, Span<byte> rgb, Span<byte> alpha = default)
    {
        if (_reader is null || frame < _next) Restart();
        for (; ; )
        {
            (_ahead ??= ReadAhead()).GetAwaiter().GetResult();
            bool isIt = _next == frame;
            if (isIt)
            {
                _rgb.CopyTo(rgb);
                if (!alpha.IsEmpty) _alpha.CopyTo(alpha);
            }

            _next++;
            _ahead = _next < clip.Count ? ReadAhead() : null;
            // A reader may be a process: it need not stay for the hours until its frames are refined.
            if (_ahead is null) Close();
            if (isIt) return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Restart()
    {
        Close();
        _reader = open();
        if ((_reader.Format.Width, _reader.Format.Height) != (clip.Format.Width, clip.Format.Height)) throw Changed("its size is another");
        _next = 0;
    }

    private void Close()
    {
        // Whatever becomes of a frame that nobody asked for is nobody's fault.
        _ahead?.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        _ahead = null;
        _reader?.Dispose();
        _reader = null;
    }

    private Task ReadAhead() => Task.Run(ReadNext, CancellationToken.None);

    private void ReadNext()
    {
        if (!_reader!.TryRead(_given, out _)) throw Changed("frames are missing at its end");
        _resize.Apply(_given, _rgb);
        if (_resizeAlpha is not null && _reader.Alpha is { IsEmpty: false } alpha) _resizeAlpha.Apply(alpha, _alpha);
    }

    private InputException Changed(string how) => new(
        InputCode.Damaged, $"{clip.Source} has changed since the run began: {how}: leave a clip alone while it is refined");
}
