using System.Buffers.Binary;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// Makes 8-bit RGB of a PNG's rows: fewer bits are spread over the range, of 16 the upper eight are kept, grey becomes three equal colours.
/// Opacity becomes a plane of its own.
/// </summary>
internal sealed class PngRows
{
    private const int Rgb = 3, Most = 255;

    private readonly PngHeader _header;
    private readonly byte[] _palette, _opacity;

    /// <summary>For one picture.</summary>
    /// <param name="header">its size and kind</param>
    /// <param name="palette">three bytes a colour</param>
    /// <param name="opacity">chunk tRNS: a byte for each of the first colours, or the one colour that is transparent</param>
    /// <exception cref="InvalidDataException">there is no palette and must be one</exception>
    public PngRows(PngHeader header, byte[] palette, byte[] opacity)
    {
        if (header.Color == PngColor.Palette && palette.Length == 0) throw new InvalidDataException("its palette is missing");
        (_header, _palette, _opacity) = (header, palette, opacity);
        Pixels = new byte[checked(header.Height * header.Width * Rgb)];
    }

    /// <summary>[H,W,3].</summary>
    public byte[] Pixels { get; }

    /// <summary>[H,W]; null where all pixels so far were opaque.</summary>
    public byte[]? Opacity { get; private set; }

    /// <summary>Takes a row.</summary>
    /// <param name="row">its bytes, filter undone</param>
    /// <param name="count">its pixels</param>
    /// <param name="first">place of the first among the picture's pixels</param>
    /// <param name="step">from one to the next</param>
    /// <exception cref="InvalidDataException">a colour is not in the palette</exception>
    public void Put(ReadOnlySpan<byte> row, int count, long first, int step)
    {
        int at = (int)first * Rgb;
        if (_header is { Color: PngColor.Rgb, Depth: 8 } && step == 1 && _opacity.Length == 0)
        {
            row[..(count * Rgb)].CopyTo(Pixels.AsSpan(at));
            return;
        }

        for (int i = 0; i < count; i++, at += step * Rgb)
        {
            byte opacity = Put(row, i, Pixels.AsSpan(at, Rgb));
            if (opacity == Most && Opacity is null) continue;
            Opacity ??= [.. Enumerable.Repeat((byte)Most, _header.Height * _header.Width)];
            Opacity[at / Rgb] = opacity;
        }
    }

    /// <returns>the pixel's opacity</returns>
    private byte Put(ReadOnlySpan<byte> row, int pixel, Span<byte> rgb)
    {
        int sample = pixel * _header.Samples, first = Sample(row, sample);
        switch (_header.Color)
        {
            case PngColor.Palette:
                if (first * Rgb >= _palette.Length) throw new InvalidDataException("a pixel has a colour that is not in the palette");
                _palette.AsSpan(first * Rgb, Rgb).CopyTo(rgb);
                return first < _opacity.Length ? _opacity[first] : (byte)Most;
            case PngColor.Grey or PngColor.GreyAlpha:
                rgb.Fill(Level(first));
                return _header.Color == PngColor.Grey ? Opaque(!IsKey(first, 0)) : Level(Sample(row, sample + 1));
            default:
                int second = Sample(row, sample + 1), third = Sample(row, sample + 2);
                (rgb[0], rgb[1], rgb[2]) = (Level(first), Level(second), Level(third));
                return _header.Color == PngColor.Rgb
                    ? Opaque(!(IsKey(first, 0) && IsKey(second, 1) && IsKey(third, 2)))
                    : Level(Sample(row, sample + 3));
        }
    }

    private static byte Opaque(bool isOpaque) => isOpaque ? (byte)Most : (byte)0;

    private int Sample(ReadOnlySpan<byte> row, int index) => _header.Depth switch
    {
        8 => row[index],
        16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]),
        int bits => (row[index * bits / 8] >> (8 - bits - index * bits % 8)) & ((1 << bits) - 1),
    };

    private byte Level(int sample) => (byte)(_header.Depth == 16 ? sample >> 8 : sample * (Most / ((1 << _header.Depth) - 1)));

    /// <summary>Whether a sample is that of the one transparent colour.</summary>
    private bool IsKey(int sample, int place) =>
        _opacity.Length >= 2 * (place + 1) && BinaryPrimitives.ReadUInt16BigEndian(_opacity.AsSpan(2 * place)) == sample;
}
