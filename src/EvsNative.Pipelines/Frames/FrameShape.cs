using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Makes of a frame what an encoder takes: an even size where it needs one, opacity beside the colours or none.</summary>
internal sealed class FrameShape
{
    private readonly VideoFormat _format;
    private readonly EncoderChoice _encoder;
    private readonly byte[] _composed, _even, _joined;
    private bool _wasComposed, _wasHalf;

    /// <summary>For an encoder.</summary>
    /// <param name="format">the clip's</param>
    /// <param name="encoder">the encoder</param>
    public FrameShape(VideoFormat format, EncoderChoice encoder)
    {
        (_format, _encoder) = (format, encoder);
        Width = FramePadding.RoundUp(format.Width, encoder.NeedsEvenWidth ? 2 : 1);
        Height = FramePadding.RoundUp(format.Height, encoder.NeedsEvenHeight ? 2 : 1);
        int pixels = checked(Width * Height);
        _composed = format.HasAlpha && !encoder.HasAlpha ? new byte[format.FrameBytes] : [];
        _even = IsOdd ? new byte[pixels * VideoFormat.Channels] : [];
        _joined = encoder.HasAlpha ? new byte[pixels * Opacity.Channels] : [];
    }

    /// <summary>W as it is written.</summary>
    public int Width { get; }

    /// <summary>H as it is written.</summary>
    public int Height { get; }

    private bool IsOdd => (Width, Height) != (_format.Width, _format.Height);

    /// <summary>What had to be changed so far.</summary>
    /// <param name="path">the output, for messages</param>
    public IEnumerable<Notice> Notices(string path)
    {
        if (IsOdd)
        {
            yield return new Notice(
                NoticeCode.Changed,
                $"{path}: {_format.Width}x{_format.Height} is written as {Width}x{Height}, as such a video needs even sizes: "
                + "its last column or row is there twice");
        }

        if (_wasComposed)
        {
            yield return new Notice(
                NoticeCode.Dropped,
                $"{path}: transparency is left out, on black: a folder of PNG, .mov, .webm, .webp, .png and .gif keep it");
        }

        if (_wasHalf) yield return new Notice(NoticeCode.Changed, $"{path}: half transparent pixels become opaque or transparent in a GIF");
    }

    /// <summary>A frame as the encoder takes it; valid until the next one.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="alpha">[H,W], or empty for an opaque frame</param>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha)
    {
        if (_encoder.HasAlpha) return Joined(rgb, alpha);
        if (alpha.ContainsAnyExcept(Opacity.Full))
        {
            _wasComposed = true;
            Opacity.OnBlack(rgb, alpha, _composed);
            rgb = _composed;
        }

        return Evened(rgb);
    }

    private ReadOnlySpan<byte> Evened(ReadOnlySpan<byte> rgb)
    {
        if (!IsOdd) return rgb;
        FramePadding.Extend(rgb, _format.Width, _format.Height, _even, Width, Height);
        return _even;
    }

    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha)
    {
        if (_encoder.Codec.Codec == VideoCodec.Gif) _wasHalf |= alpha.ContainsAnyExcept((byte)0, Opacity.Full);
        Opacity.Join(Evened(rgb), EvenedAlpha(alpha), _joined);
        return _joined;
    }

    /// <summary>An odd size with opacity is a matter of VP9 alone.</summary>
    private ReadOnlySpan<byte> EvenedAlpha(ReadOnlySpan<byte> alpha)
    {
        if (!IsOdd || alpha.IsEmpty) return alpha;
        byte[] even = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                even[y * Width + x] = alpha[Math.Min(y, _format.Height - 1) * _format.Width + Math.Min(x, _format.Width - 1)];
        }

        return even;
    }
}
