namespace EvsNative.Pipelines.Frames;

/// <summary>Pixels of HDR or of wide colours, converted to those of a screen.</summary>
/// <param name="format">the frames' size</param>
/// <param name="colors">what the numbers stand for</param>
internal sealed class WidePixels(VideoFormat format, ClipColors colors) : IPixelSource
{
    private readonly ScreenColors _screen = new(colors);
    private readonly byte[] _given = new byte[checked(format.FrameBytes * sizeof(ushort))], _made = new byte[format.FrameBytes];

    /// <inheritdoc/>
    public string Name => BitConverter.IsLittleEndian ? "rgb48le" : "rgb48be";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => [];

    /// <inheritdoc/>
    public bool TryRead(Stream stream, Span<byte> rgb)
    {
        if (stream.ReadAtLeast(_given, _given.Length, throwOnEndOfStream: false) < _given.Length) return false;
        _screen.Convert(_given, _made, format.Width);
        _made.CopyTo(rgb);
        return true;
    }
}
