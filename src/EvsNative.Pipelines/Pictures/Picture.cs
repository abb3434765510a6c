namespace EvsNative.Pipelines.Pictures;

/// <summary>A decoded picture.</summary>
/// <param name="Pixels">[H,W,3], 8-bit RGB</param>
/// <param name="Width">W</param>
/// <param name="Height">H</param>
internal sealed record Picture(byte[] Pixels, int Width, int Height)
{
    /// <summary>Whether a pixel was transparent in part; its colour is taken as it lies under it.</summary>
    public bool IsTransparent { get; init; }

    /// <summary>Whether the file holds further pictures (APNG), which are not read.</summary>
    public bool IsAnimated { get; init; }

    /// <summary>Name of a colour profile other than sRGB, which is not applied; null without one.</summary>
    public string? Profile { get; init; }
}
