using EvsNative.Kernels;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// A frame as the interpolating network sees it, in 0..1, padded to multiples of 16 by its edges: half of the missing rows above, the rest
/// below, columns alike; and what it gives as bytes again.
/// </summary>
internal sealed class MotionView
{
    private const int Multiple = 16, Channels = VideoFormat.Channels;

    private readonly int _width, _height, _top, _left;

    /// <summary>For frames of a size.</summary>
    public MotionView(int width, int height)
    {
        (_width, _height) = (width, height);
        Shape = new Shape(1, FramePadding.RoundUp(height, Multiple), FramePadding.RoundUp(width, Multiple), Channels);
        (_top, _left) = ((Shape.H - height) / 2, (Shape.W - width) / 2);
    }

    /// <summary>[1,h,w,3], both sides multiples of 16</summary>
    public Shape Shape { get; }

    /// <summary>[H,W,3] to [h,w,3].</summary>
    public void Apply(ReadOnlySpan<byte> rgb, Span<float> picture)
    {
        int i = 0;
        for (int y = 0; y < Shape.H; y++)
        {
            var row = rgb.Slice(Math.Clamp(y - _top, 0, _height - 1) * _width * Channels, _width * Channels);
            for (int x = 0; x < Shape.W; x++)
            {
                int at = Math.Clamp(x - _left, 0, _width - 1) * Channels;
                for (int c = 0; c < Channels; c++) picture[i++] = row[at + c] / (float)byte.MaxValue;
            }
        }
    }

    /// <summary>The mean difference between a picture in bytes, which are cut off and not rounded, and a frame.</summary>
    /// <param name="picture">[h,w,3] in 0..1; its padding is left out</param>
    /// <param name="rgb">[H,W,3]</param>
    /// <returns>levels, 0 to 255</returns>
    public double Difference(ReadOnlySpan<float> picture, ReadOnlySpan<byte> rgb)
    {
        long sum = 0;
        for (int y = 0; y < _height; y++)
        {
            var made = picture.Slice((((_top + y) * Shape.W) + _left) * Channels, _width * Channels);
            var row = rgb.Slice(y * _width * Channels, _width * Channels);
            for (int i = 0; i < row.Length; i++) sum += Math.Abs((byte)Math.Clamp(made[i] * byte.MaxValue, 0, byte.MaxValue) - row[i]);
        }

        return sum / ((double)_height * _width * Channels);
    }
}
