namespace EvsNative.Pipelines.Pictures;

/// <summary>The canvas on which the frames of a moving WebP file are laid; transparent at first.</summary>
/// <param name="width">pixels</param>
/// <param name="height">pixels</param>
internal sealed class WebPCanvas(int width, int height)
{
    private const int Parts = 4, Colors = 3;

    private WebPFrame? _last;

    /// <summary>[H,W,4].</summary>
    public byte[] Pixels { get; } = new byte[checked(width * height * Parts)];

    /// <summary>Lays a frame on it, after what the one before left was taken away if it so asked.</summary>
    /// <param name="frame">where it lies and how</param>
    /// <param name="picture">[H,W,4], its pixels in the upper left corner</param>
    public void Lay(WebPFrame frame, ReadOnlySpan<byte> picture)
    {
        if (_last is { IsCleared: true } last)
            for (int y = 0; y < last.Height; y++) Row(last, y).Clear();
        for (int y = 0; y < frame.Height; y++)
        {
            var from = picture.Slice(y * width * Parts, frame.Width * Parts);
            if (frame.IsBlended) Blend(from, Row(frame, y));
            else from.CopyTo(Row(frame, y));
        }

        _last = frame;
    }

    private Span<byte> Row(WebPFrame frame, int y) =>
        Pixels.AsSpan(((frame.Y + y) * width + frame.X) * Parts, frame.Width * Parts);

    /// <summary>Colours that are not multiplied by their opacity, one over the other (specification, "Alpha-blending").</summary>
    private static void Blend(ReadOnlySpan<byte> over, Span<byte> under)
    {
        for (int i = 0; i < over.Length; i += Parts)
        {
            int above = over[i + Colors];
            if (above == byte.MaxValue)
            {
                over.Slice(i, Parts).CopyTo(under[i..]);
            }
            else if (above > 0)
            {
                double below = under[i + Colors] * (1 - above / 255.0), all = above + below;
                for (int c = 0; c < Colors; c++) under[i + c] = (byte)Math.Round((over[i + c] * above + under[i + c] * below) / all);
                under[i + Colors] = (byte)Math.Round(all);
            }
        }
    }
}
