namespace EvsNative.Pipelines.Frames;

/// <summary>Pixels with an opacity, which becomes a plane of its own.</summary>
/// <param name="format">the frames' size</param>
internal sealed class OpacityPixels(VideoFormat format) : IPixelSource
{
    private const int Parts = 4;

    private readonly byte[] _given = new byte[checked(format.Width * format.Height * Parts)];
    private readonly OpacityPlane _plane = new(format.Width, format.Height);

    /// <inheritdoc/>
    public string Name => "rgba";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _plane.Alpha;

    /// <inheritdoc/>
    public bool TryRead(Stream stream, Span<byte> rgb)
    {
        if (stream.ReadAtLeast(_given, _given.Length, throwOnEndOfStream: false) < _given.Length) return false;
        _plane.Split(_given, rgb);
        return true;
    }
}
