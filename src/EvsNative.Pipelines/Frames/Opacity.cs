namespace EvsNative.Pipelines.Frames;

/// <summary>Frames with a plane of opacity, as files take them.</summary>
internal static class Opacity
{
    /// <summary>Opaque.</summary>
    public const byte Full = 255;

    /// <summary>Bytes of a pixel with opacity.</summary>
    public const int Channels = VideoFormat.Channels + 1;

    /// <summary>Puts colours and opacity together.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="alpha">[H,W], or empty for an opaque frame</param>
    /// <param name="rgba">[H,W,4], the result</param>
    public static void Join(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, Span<byte> rgba)
    {
        for (int i = 0; i < rgba.Length / Channels; i++)
        {
            rgb.Slice(i * VideoFormat.Channels, VideoFormat.Channels).CopyTo(rgba[(i * Channels)..]);
            rgba[i * Channels + VideoFormat.Channels] = alpha.IsEmpty ? Full : alpha[i];
        }
    }

    /// <summary>The frame as it looks on black.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="alpha">[H,W]</param>
    /// <param name="composed">[H,W,3], the result</param>
    public static void OnBlack(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, Span<byte> composed)
    {
        for (int i = 0; i < rgb.Length; i++)
            composed[i] = (byte)((rgb[i] * alpha[i / VideoFormat.Channels] + Full / 2) / Full);
    }
}
