namespace EvsNative.Pipelines.Frames;

/// <summary>What the frames of a video have in common. A frame is 8-bit RGB, [H,W,3].</summary>
/// <param name="Width">W in pixels</param>
/// <param name="Height">H in pixels</param>
/// <param name="Rate">frames a second, exactly; on average where they do not follow each other evenly</param>
public sealed record VideoFormat(int Width, int Height, Rational Rate)
{
    /// <summary>Colours of a pixel.</summary>
    public const int Channels = 3;

    /// <summary>Width of a pixel over its height, 1 for nearly every video.</summary>
    public Rational PixelAspect { get; init; } = Rational.One;

    /// <summary>What the file says of itself in words, such as its title, by the names that ffmpeg gives them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What the file counts times in, in seconds, such as 1/12800; null where frames simply follow each other by the rate.
    /// </summary>
    public Rational? TimeBase { get; init; }

    /// <summary>How its colours are written in a video that is not RGB.</summary>
    public ColorTags Colors { get; init; } = ColorTags.Usual;

    /// <summary>Whether frames come with a plane of opacity, [H,W], 0 for transparent to 255 for opaque.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Bytes of a frame, H * W * 3.</summary>
    public int FrameBytes => checked(Height * Width * Channels);

    /// <summary>When a frame is shown where all follow each other evenly.</summary>
    public TimeSpan StampOf(int frame) =>
        TimeSpan.FromTicks((long)Math.Round((decimal)frame * Rate.Denominator * TimeSpan.TicksPerSecond / Rate.Numerator));
}
