using EvsNative.Kernels;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// A frame as the network of subject consistency sees it: the shorter side scaled to 224 without antialiasing, the longer one with it and
/// cut down to whole pixels, in floats (nothing is rounded to bytes between), with the mean and deviation of ImageNet.
/// </summary>
internal sealed class DinoView
{
    private const int Side = 224;

    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f], Deviation = [0.229f, 0.224f, 0.225f];

    private readonly BilinearResize _resize;

    /// <summary>For frames of a size.</summary>
    public DinoView(int width, int height)
    {
        (int w, int h) = height <= width
            ? ((int)((double)Side * width / height), Side)
            : (Side, (int)((double)Side * height / width));
        Shape = new Shape(1, h, w, VideoFormat.Channels);
        _resize = new BilinearResize(width, height, w, h);
    }

    /// <summary>[1,h,w,3]</summary>
    public Shape Shape { get; }

    /// <summary>[H,W,3] to [h,w,3].</summary>
    public void Apply(ReadOnlySpan<byte> rgb, Span<float> picture)
    {
        _resize.Apply(rgb, picture);
        for (int i = 0; i < picture.Length; i++)
        {
            int c = i % VideoFormat.Channels;
            picture[i] = ((picture[i] / byte.MaxValue) - Mean[c]) / Deviation[c];
        }
    }
}
