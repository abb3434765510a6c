namespace EvsNative.Pipelines.Frames;

/// <summary>Frames at sizes that a network or a codec can take, and back. Added pixels lie right and below and repeat the edge.</summary>
internal static class FramePadding
{
    private const int Channels = VideoFormat.Channels;

    /// <summary>The next multiple of a number.</summary>
    public static int RoundUp(int size, int multiple) => checked((size + multiple - 1) / multiple * multiple);

    /// <summary>[h,w,3] to [height,width,3], which is no smaller.</summary>
    public static void Extend(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> target, int width, int height)
    {
        for (int y = 0; y < height; y++)
        {
            var from = source.Slice(Math.Min(y, sourceHeight - 1) * sourceWidth * Channels, sourceWidth * Channels);
            var to = target.Slice(y * width * Channels, width * Channels);
            from.CopyTo(to);
            for (int x = sourceWidth; x < width; x++) from[^Channels..].CopyTo(to[(x * Channels)..]);
        }
    }

    /// <summary>The upper left part [height,width,3] of [h,w,3].</summary>
    public static void Crop(ReadOnlySpan<byte> source, int sourceWidth, Span<byte> target, int width, int height)
    {
        for (int y = 0; y < height; y++)
            source.Slice(y * sourceWidth * Channels, width * Channels).CopyTo(target[(y * width * Channels)..]);
    }
}
