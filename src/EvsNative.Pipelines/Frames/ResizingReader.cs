using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of another reader in another size; it owns that reader.</summary>
internal sealed class ResizingReader(IFrameReader reader, int width, int height) : IFrameReader
{
    private readonly PixelResize _resize = new(reader.Format.Width, reader.Format.Height, width, height);
    private readonly byte[] _given = new byte[reader.Format.FrameBytes];

    /// <inheritdoc/>
    public VideoFormat Format { get; } = reader.Format with { Width = width, Height = height };

    /// <inheritdoc/>
    public string Source => reader.Source;

    /// <inheritdoc/>
    public int? Frames => reader.Frames;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => reader.Notices;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        if (!reader.TryRead(_given, out stamp)) return false;
        _resize.Apply(_given, rgb);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
