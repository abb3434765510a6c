using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Reads the wanted frames of a moving WebP file that was looked at.</summary>
internal sealed class AnimatedWebPReader : IFrameReader
{
    private const int Parts = 4;

    private readonly AnimatedWebP _clip;
    private readonly AnimatedWebPCanvas _canvas;
    private readonly OpacityPlane? _plane;
    private readonly CancellationToken _cancellation;
    private readonly TimeSpan[] _stamps;
    private int _next, _laid;

    /// <summary>Starts decoding.</summary>
    /// <param name="clip">the file</param>
    /// <param name="cancellation">stops it</param>
    public AnimatedWebPReader(AnimatedWebP clip, CancellationToken cancellation)
    {
        (_clip, _stamps, _cancellation, _canvas) = (clip, clip.Stamps, cancellation, new AnimatedWebPCanvas(clip, cancellation));
        if (Format.HasAlpha) _plane = new OpacityPlane(Format.Width, Format.Height);
    }

    /// <inheritdoc/>
    public VideoFormat Format => _clip.Format;

    /// <inheritdoc/>
    public string Source => _clip.Name;

    /// <inheritdoc/>
    public int? Frames => _clip.Part.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => _clip.Notices;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _plane is null ? [] : _plane.Alpha;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        stamp = default;
        if (_next == _clip.Part.Count) return false;
        for (; _laid <= _clip.Part.First + _next; _laid++)
        {
            bool isLaid = _canvas.TryNext();
            _cancellation.ThrowIfCancellationRequested();
            if (!isLaid)
                throw new InputException(InputCode.Damaged, $"{Source}: frame {_laid} cannot be decoded any more: {_canvas.Complaint()}");
        }

        stamp = _stamps[_next++];
        if (_plane is { } plane)
        {
            plane.Split(_canvas.Pixels, rgb);
            return true;
        }

        for (int i = 0; i < rgb.Length / VideoFormat.Channels; i++)
            _canvas.Pixels.Slice(i * Parts, VideoFormat.Channels).CopyTo(rgb[(i * VideoFormat.Channels)..]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _canvas.Dispose();
}
