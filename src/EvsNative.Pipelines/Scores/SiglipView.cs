using EvsNative.Kernels;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// A frame as the aesthetic predictor sees it: squeezed to a square by Pillow's bicubic filter whatever its shape, in -1..1.
/// </summary>
/// <param name="width">of the clip's frames, pixels</param>
/// <param name="height">of the clip's frames, pixels</param>
/// <param name="side">of the square, pixels</param>
internal sealed class SiglipView(int width, int height, int side)
{
    private const float Half = byte.MaxValue / 2f;

    private readonly PixelResize _resize = new(width, height, side, side);
    private readonly byte[] _bytes = new byte[side * side * VideoFormat.Channels];

    /// <summary>[1,S,S,3]</summary>
    public Shape Shape { get; } = new(1, side, side, VideoFormat.Channels);

    /// <summary>[H,W,3] to [S,S,3].</summary>
    public void Apply(ReadOnlySpan<byte> rgb, Span<float> picture)
    {
        _resize.Apply(rgb, _bytes);
        for (int i = 0; i < _bytes.Length; i++) picture[i] = (_bytes[i] / Half) - 1;
    }
}
