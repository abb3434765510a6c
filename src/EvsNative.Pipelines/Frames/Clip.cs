using EvsNative.Kernels.Definitions;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Frames in memory: 8-bit RGB, [F,H,W,3] in one array, so that a whole clip goes to the device in one call. A clip has at least one frame
/// and at least one pixel.
/// </summary>
public sealed class Clip
{
    /// <summary>Colours of a pixel.</summary>
    public const int Channels = 3;

    /// <param name="pixels">[F,H,W,3]; kept, not copied</param>
    /// <param name="frames">F</param>
    /// <param name="height">H in pixels</param>
    /// <param name="width">W in pixels</param>
    /// <param name="rate">frames a second</param>
    /// <param name="source">where the frames come from, for messages: a path, or a few words</param>
    /// <param name="pixelAspect">width of a pixel over its height; null means square</param>
    /// <exception cref="ArgumentException">the array is not F * H * W * 3 bytes long, or one of the sizes is not positive</exception>
    public Clip(byte[] pixels, int frames, int height, int width, Rational rate, string source, Rational? pixelAspect = null)
    {
        if (frames < 1 || height < 1 || width < 1 || pixels.LongLength != (long)frames * height * width * Channels)
            throw new ArgumentException($"A clip of {frames} frames of {width}x{height} does not have {pixels.LongLength} bytes.", nameof(pixels));
        if (rate == default) throw new ArgumentException("A clip has a frame rate.", nameof(rate));
        (Pixels, Frames, Height, Width) = (pixels, frames, height, width);
        (Rate, Source, PixelAspect) = (rate, source, pixelAspect ?? Rational.One);
    }

    /// <summary>[F,H,W,3].</summary>
    public byte[] Pixels { get; }

    /// <summary>F.</summary>
    public int Frames { get; }

    /// <summary>H in pixels.</summary>
    public int Height { get; }

    /// <summary>W in pixels.</summary>
    public int Width { get; }

    /// <summary>Frames a second, exactly.</summary>
    public Rational Rate { get; }

    /// <summary>Where the frames come from, for messages.</summary>
    public string Source { get; }

    /// <summary>Width of a pixel over its height, 1 for nearly every clip.</summary>
    public Rational PixelAspect { get; }

    /// <summary>Bytes of a frame, H * W * 3.</summary>
    public int FrameBytes => Height * Width * Channels;

    /// <summary>Length in seconds.</summary>
    public double Seconds => Frames / Rate.Value;

    /// <summary>[H,W,3] of one frame.</summary>
    public Span<byte> Frame(int index) => Pixels.AsSpan(index * FrameBytes, FrameBytes);

    /// <summary>Other pixels with this clip's frame count, rate and pixel shape.</summary>
    /// <param name="pixels">[F,height,width,3]; kept, not copied</param>
    /// <param name="height">in pixels</param>
    /// <param name="width">in pixels</param>
    /// <param name="source">what was done; null keeps this clip's words</param>
    public Clip With(byte[] pixels, int height, int width, string? source = null) => new(pixels, Frames, height, width, Rate, source ?? Source, PixelAspect);

    /// <summary>"16 frames of 64x64, 8 frames a second".</summary>
    public override string ToString() => $"{Frames} frame{(Frames == 1 ? "" : "s")} of {Width}x{Height}, {Rate.ToDecimal()} a second";
}
