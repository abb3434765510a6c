using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Tests;

/// <summary>Makes PNG files of every kind, right ones and wrong ones, from random samples: an encoder by the specification.</summary>
internal static class TestPng
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>A picture of random samples, each row with another filter.</summary>
    /// <param name="header">its kind</param>
    /// <param name="seed">of the samples</param>
    /// <param name="between">chunks that stand before the picture</param>
    public static byte[] Random(PngHeader header, int seed, params (string Name, byte[] Data)[] between)
    {
        var random = new Random(seed);
        byte[] palette = new byte[3 << Math.Min(header.Depth, (byte)8)];
        random.NextBytes(palette);
        return File(header, Rows(header, random), header.Color == PngColor.Palette ? [("PLTE", palette), .. between] : between);
    }

    /// <summary>A file of a header and of packed rows, whatever they are.</summary>
    public static byte[] File(PngHeader header, ReadOnlySpan<byte> rows, params (string Name, byte[] Data)[] between)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Write(file, "IHDR", Header(header));
        foreach (var (name, data) in between) Write(file, name, data);
        byte[] packed = Pack(rows);
        // Two pieces, as large files have.
        Write(file, "IDAT", packed[..(packed.Length / 2)]);
        Write(file, "IDAT", packed[(packed.Length / 2)..]);
        Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>One chunk with its checksum.</summary>
    public static void Write(Stream file, string name, byte[] data)
    {
        byte[] chunk = [.. Encoding.ASCII.GetBytes(name), .. data];
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(chunk));
        file.Write(number);
    }

    private static byte[] Header(PngHeader header)
    {
        byte[] data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, header.Width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), header.Height);
        (data[8], data[9], data[12]) = ((byte)header.Depth, (byte)header.Color, (byte)(header.IsInterlaced ? 1 : 0));
        return data;
    }

    private static byte[] Pack(ReadOnlySpan<byte> rows)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(rows);
        return packed.ToArray();
    }

    /// <summary>
    /// Filtered bytes at random are as good as samples at random that are filtered: only the decoder says what picture they are.
    /// </summary>
    private static byte[] Rows(PngHeader header, Random random)
    {
        using var rows = new MemoryStream();
        foreach (var (x, y, stepX, stepY) in header.IsInterlaced ? Passes : [(0, 0, 1, 1)])
        {
            int columns = (header.Width - x + stepX - 1) / stepX;
            for (int line = y; columns > 0 && line < header.Height; line += stepY)
            {
                byte[] row = new byte[header.RowBytes(columns)];
                random.NextBytes(row);
                rows.WriteByte((byte)random.Next(5));
                rows.Write(row);
            }
        }

        return rows.ToArray();
    }
}
