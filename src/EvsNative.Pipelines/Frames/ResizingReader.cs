using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of another reader in another size, and their opacity; it owns that reader.</summary>
internal sealed class ResizingReader(IFrameReader reader, int width, int height) : IFrameReader
{
    private readonly PixelResize _resize = new(reader.Format.Width, reader.Format.Height, width, height);
    private readonly byte[] _given = new byte[reader.Format.FrameBytes];
    private readonly byte[] _alpha = new byte[reader.Format.HasAlpha ? width * height : 0];

    /// <inheritdoc/>
    public VideoFormat Format { get; } = reader.Format with { Width = width, Height = height };

    /// <inheritdoc/>
    public string Source => reader.Source;

    /// <inheritdoc/>
    public int? Frames => reader.Frames;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => reader.Notices;

    /// <inheritdoc/>
    public ClipOrigin? Origin => reader.Origin;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        if (!reader.TryRead(_given, out stamp)) return false;
        _resize.Apply(_given, rgb);
        if (_alpha.Length > 0) ResizeAlpha();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    /// <summary>As grey, three equal colours.</summary>
    private void ResizeAlpha()
    {
        const int Channels = VideoFormat.Channels;
        byte[] grey = new byte[_given.Length], resized = new byte[_alpha.Length * Channels];
        for (int i = 0; i < grey.Length; i++) grey[i] = reader.Alpha[i / Channels];
        _resize.Apply(grey, resized);
        for (int i = 0; i < _alpha.Length; i++) _alpha[i] = resized[i * Channels];
    }
}
