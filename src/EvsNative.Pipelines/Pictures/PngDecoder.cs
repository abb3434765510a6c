using System.IO.Compression;
using System.Text;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// Decodes PNG of every kind that the specification (third edition) knows, row by row. No more is unpacked than the header promises, and
/// nothing is allocated but the picture, the packed bytes and two rows. Written here because no library at hand holds a file to its header
/// before it unpacks it.
/// </summary>
internal static class PngDecoder
{
    private const int PaletteEntries = 256;

    /// <summary>Column, row, and steps of the seven passes of Adam7.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Decodes a whole file whose size was held against the limits.</summary>
    /// <exception cref="InvalidDataException">it breaks the format's rules</exception>
    /// <exception cref="OperationCanceledException">stopped between two rows</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, CancellationToken stop)
    {
        PngHeader? header = null;
        byte[] palette = [], opacity = [];
        string? profile = null;
        bool isAnimated = false, isEnded = false;
        using var packed = new MemoryStream();
        var chunks = new PngChunks(file);
        while (!isEnded && chunks.MoveNext())
        {
            stop.ThrowIfCancellationRequested();
            string name = Encoding.Latin1.GetString(chunks.Name);
            if (header is null) header = PngHeader.Of(chunks.Name, chunks.Data);
            else if (name == "PLTE") palette = Palette(chunks.Data);
            else if (name == "IDAT") packed.Write(chunks.Data);
            else if (name == "IEND") isEnded = true;
            else if (name == "tRNS") opacity = chunks.Data.ToArray();
            else if (name == "acTL") isAnimated = true;
            else if (name == "iCCP") profile = ProfileName(chunks.Data);
            else if (chunks.IsCritical) throw new InvalidDataException("it holds a part that PNG does not have");
        }

        if (header is not { } known || !isEnded) throw new InvalidDataException("it ends too early");
        packed.Position = 0;
        if (packed.Length < known.LeastBytes) throw TooLittle();
        var rows = new PngRows(known, palette, opacity);
        Unpack(packed, known, rows, stop);
        return new Picture(rows.Pixels, known.Width, known.Height)
        {
            Opacity = rows.Opacity,
            IsAnimated = isAnimated,
            Profile = profile,
        };
    }

    private static void Unpack(Stream packed, PngHeader header, PngRows rows, CancellationToken stop)
    {
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        foreach (var (x, y, stepX, stepY) in header.IsInterlaced ? Adam7 : [(0, 0, 1, 1)])
        {
            int columns = (header.Width - x + stepX - 1) / stepX;
            if (columns <= 0) continue;
            byte[] row = new byte[1 + header.RowBytes(columns)], above = new byte[row.Length];
            for (int line = y; line < header.Height; line += stepY)
            {
                stop.ThrowIfCancellationRequested();
                if (stream.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                    throw TooLittle();
                PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), Math.Max(1, header.Samples * header.Depth / 8));
                rows.Put(row.AsSpan(1), columns, (long)line * header.Width + x, stepX);
                (row, above) = (above, row);
            }
        }

        // Reading on to the end also proves the checksum.
        if (stream.ReadByte() >= 0) throw new InvalidDataException("it holds more picture than its header promises");
    }

    private static InvalidDataException TooLittle() => new("it holds less picture than its header promises");

    private static byte[] Palette(ReadOnlySpan<byte> data) => data.Length % 3 == 0 && data.Length is > 0 and <= 3 * PaletteEntries
        ? data.ToArray()
        : throw new InvalidDataException("its palette is none");

    /// <summary>The name before the first zero; null for sRGB by any of its names.</summary>
    private static string? ProfileName(ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        string name = Encoding.Latin1.GetString(data[..Math.Clamp(end, 0, 79)]);
        return name.Contains("sRGB", StringComparison.OrdinalIgnoreCase) ? null : name;
    }
}
