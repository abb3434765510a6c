using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of a moving WebP file as they look, one after the other.</summary>
internal sealed class AnimatedWebPCanvas : IDisposable
{
    private const int Parts = 4;

    private readonly AnimatedWebP _clip;
    private readonly WebPStills _stills;
    private readonly WebPCanvas _canvas;
    private readonly byte[] _still;
    private int _next;

    /// <summary>Starts decoding.</summary>
    public AnimatedWebPCanvas(AnimatedWebP clip, CancellationToken cancellation)
    {
        _clip = clip;
        var (width, height) = (clip.File.Width, clip.File.Height);
        _canvas = new WebPCanvas(width, height);
        _still = new byte[checked(width * height * Parts)];
        _stills = new WebPStills(clip.Tools, clip.File.Frames.Select(frame => frame.ToFile()), width, height, cancellation);
    }

    /// <summary>[H,W,4], the last frame.</summary>
    public ReadOnlySpan<byte> Pixels => _canvas.Pixels;

    /// <summary>Whether a pixel of it is not fully opaque.</summary>
    public bool IsTransparent
    {
        get
        {
            for (int i = Parts - 1; i < _canvas.Pixels.Length; i += Parts)
                if (_canvas.Pixels[i] < byte.MaxValue) return true;
            return false;
        }
    }

    /// <summary>Goes to the next frame; false where it cannot be decoded.</summary>
    public bool TryNext()
    {
        if (!_stills.TryRead(_still)) return false;
        _canvas.Lay(_clip.File.Frames[_next++], _still);
        return true;
    }

    /// <summary>Why it cannot.</summary>
    public string Complaint() => _stills.Complaint();

    /// <inheritdoc/>
    public void Dispose() => _stills.Dispose();
}
