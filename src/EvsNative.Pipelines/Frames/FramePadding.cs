namespace EvsNative.Pipelines.Frames;

/// <summary>Sizes that a network or a codec can take, and back. Added pixels lie right and below and repeat the edge.</summary>
public static class FramePadding
{
    /// <summary>[F,H,W,3] to the next multiples of a number; the clip itself when it is already one.</summary>
    public static Clip ToMultiple(Clip clip, int multiple)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        int height = RoundUp(clip.Height, multiple), width = RoundUp(clip.Width, multiple);
        if (height == clip.Height && width == clip.Width) return clip;
        byte[] pixels = new byte[checked((int)((long)clip.Frames * height * width * Clip.Channels))];
        for (int frame = 0; frame < clip.Frames; frame++)
        {
            ReadOnlySpan<byte> source = clip.Frame(frame);
            for (int y = 0; y < height; y++)
            {
                var from = source.Slice(Math.Min(y, clip.Height - 1) * clip.Width * Clip.Channels, clip.Width * Clip.Channels);
                var to = pixels.AsSpan((frame * height + y) * width * Clip.Channels, width * Clip.Channels);
                from.CopyTo(to);
                for (int x = clip.Width; x < width; x++) from[^Clip.Channels..].CopyTo(to[(x * Clip.Channels)..]);
            }
        }

        return clip.With(pixels, height, width);
    }

    /// <summary>The upper left part of the given size; the clip itself when it has that size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the clip is smaller</exception>
    public static Clip Crop(Clip clip, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, clip.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, clip.Height);
        if (height == clip.Height && width == clip.Width) return clip;
        byte[] pixels = new byte[clip.Frames * height * width * Clip.Channels];
        for (int frame = 0; frame < clip.Frames; frame++)
        {
            for (int y = 0; y < height; y++)
            {
                clip.Frame(frame).Slice(y * clip.Width * Clip.Channels, width * Clip.Channels)
                    .CopyTo(pixels.AsSpan((frame * height + y) * width * Clip.Channels));
            }
        }

        return clip.With(pixels, height, width);
    }

    private static int RoundUp(int size, int multiple) => checked((size + multiple - 1) / multiple * multiple);
}
