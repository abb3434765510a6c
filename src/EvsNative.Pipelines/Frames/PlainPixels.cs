namespace EvsNative.Pipelines.Frames;

/// <summary>Pixels that are the frames already.</summary>
internal sealed class PlainPixels : IPixelSource
{
    /// <inheritdoc/>
    public string Name => "rgb24";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => [];

    /// <inheritdoc/>
    public bool TryRead(Stream stream, Span<byte> rgb) =>
        stream.ReadAtLeast(rgb, rgb.Length, throwOnEndOfStream: false) == rgb.Length;
}
