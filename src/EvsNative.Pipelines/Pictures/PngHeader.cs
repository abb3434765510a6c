using System.Buffers.Binary;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Pictures;

/// <summary>The first chunk of a PNG file, IHDR (PNG specification, third edition, 11.2.1).</summary>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
/// <param name="Depth">bits of a sample: 1, 2, 4, 8 or 16</param>
/// <param name="Color">what a pixel consists of</param>
/// <param name="IsInterlaced">whether the rows come in the seven passes of Adam7</param>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColor Color, bool IsInterlaced)
{
    private const int Length = 13;

    /// <summary>Deflate makes at most so many bytes of one.</summary>
    private const double MostUnpacked = 1032;

    /// <summary>What it has in common with other formats.</summary>
    public PictureHeader Facts => new(FileKind.Png, Width, Height, Depth, LeastBytes)
    {
        HasAlpha = Color is PngColor.GreyAlpha or PngColor.RgbAlpha,
    };

    /// <summary>Samples of a pixel.</summary>
    public int Samples => Color switch { PngColor.Rgb => 3, PngColor.GreyAlpha => 2, PngColor.RgbAlpha => 4, _ => 1 };

    /// <summary>Fewest bytes that its pixels can be packed into.</summary>
    public long LeastBytes => (long)((double)Width * Samples * Depth / 8 * Height / MostUnpacked);

    /// <summary>Bytes of a row of so many pixels, without its filter's.</summary>
    public int RowBytes(int pixels) => checked((int)(((long)pixels * Samples * Depth + 7) / 8));

    /// <summary>Reads it from a file's first bytes.</summary>
    /// <exception cref="InvalidDataException">they are no header</exception>
    public static PngHeader Read(ReadOnlySpan<byte> file)
    {
        var chunks = new PngChunks(file);
        return chunks.MoveNext() ? Of(chunks.Name, chunks.Data) : throw new InvalidDataException("it ends in its first bytes");
    }

    /// <summary>Reads it from the first chunk.</summary>
    /// <exception cref="InvalidDataException">it is no header, or one that the specification does not allow</exception>
    public static PngHeader Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!name.SequenceEqual("IHDR"u8) || data.Length != Length) throw new InvalidDataException("it does not begin with its header");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw new InvalidDataException($"its size of {width}x{height} is none");
        var header = new PngHeader((int)width, (int)height, data[8], (PngColor)data[9], data[12] == 1);
        bool isAllowed = header.Color switch
        {
            PngColor.Grey => header.Depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => header.Depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GreyAlpha or PngColor.RgbAlpha => header.Depth is 8 or 16,
            _ => false,
        };
        // Compression, filter method, interlacing: one, one and two are defined.
        return isAllowed && data[10] == 0 && data[11] == 0 && data[12] <= 1
            ? header
            : throw new InvalidDataException("its header asks for what PNG does not have");
    }
}

/// <summary>What a pixel of a PNG file consists of, with the numbers of its header.</summary>
internal enum PngColor : byte
{
    /// <summary>One sample of brightness.</summary>
    Grey = 0,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>A place in the palette.</summary>
    Palette = 3,

    /// <summary>Brightness and opacity.</summary>
    GreyAlpha = 4,

    /// <summary>Red, green, blue, opacity.</summary>
    RgbAlpha = 6,
}
