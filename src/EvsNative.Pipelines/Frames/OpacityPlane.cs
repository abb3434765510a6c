namespace EvsNative.Pipelines.Frames;

/// <summary>The opacity of a frame apart from its colours, which take the place of rubbish under transparent pixels.</summary>
/// <param name="width">pixels</param>
/// <param name="height">pixels</param>
internal sealed class OpacityPlane(int width, int height)
{
    private const int Parts = 4, Channels = VideoFormat.Channels;

    private readonly byte[] _alpha = new byte[checked(width * height)];
    private readonly AlphaBleed _bleed = new(width, height);

    /// <summary>[H,W], of the last frame.</summary>
    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <summary>[H,W,4] to [H,W,3] and the plane.</summary>
    public void Split(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int i = 0; i < _alpha.Length; i++)
        {
            rgba.Slice(i * Parts, Channels).CopyTo(rgb[(i * Channels)..]);
            _alpha[i] = rgba[i * Parts + Channels];
        }

        _bleed.Apply(rgb, _alpha);
    }

    /// <summary>Takes a frame whose opacity is apart already; all of it is opaque where none is given.</summary>
    /// <param name="alpha">[H,W], or nothing</param>
    /// <param name="rgb">[H,W,3], changed in place</param>
    public void Take(ReadOnlySpan<byte> alpha, Span<byte> rgb)
    {
        if (alpha.IsEmpty) _alpha.AsSpan().Fill(byte.MaxValue);
        else alpha.CopyTo(_alpha);
        _bleed.Apply(rgb, _alpha);
    }
}
