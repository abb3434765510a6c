namespace EvsNative.Pipelines.Pictures;

/// <summary>A decoded picture.</summary>
/// <param name="Pixels">[H,W,3], 8-bit RGB</param>
/// <param name="Width">W</param>
/// <param name="Height">H</param>
internal sealed record Picture(byte[] Pixels, int Width, int Height)
{
    /// <summary>[H,W], 0 for transparent to 255 for opaque; null where all pixels are opaque. Colours are as they lie under it.</summary>
    public byte[]? Opacity { get; init; }

    /// <summary>Whether a pixel is not fully opaque.</summary>
    public bool IsTransparent => Opacity is not null;

    /// <summary>Whether the file holds further pictures (APNG), which are not read.</summary>
    public bool IsAnimated { get; init; }

    /// <summary>Name of a colour profile other than sRGB, which is not applied; null without one.</summary>
    public string? Profile { get; init; }
}
