using System.Buffers.Binary;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Pictures;

/// <summary>The frame header of a JPEG file (ITU T.81, B.2.2), found by going from marker to marker.</summary>
internal static class JpegHeader
{
    private const byte Prefix = 0xFF, FirstFrame = 0xC0, LastFrame = 0xCF, Scan = 0xDA, End = 0xD9;

    private const int FrameBytes = 8;

    /// <summary>A block of 8x8 pixels takes a bit at least.</summary>
    private const long MostPixelsOfByte = 8 * 64;

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">there is none, or one that no picture has</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        int at = 2;
        while (true)
        {
            // Any number of prefixes may stand before a marker.
            while (at + 1 < file.Length && file[at] == Prefix && file[at + 1] == Prefix) at++;
            if (at + 4 > file.Length) throw new InvalidDataException("it ends before its picture begins");
            byte marker = file[at + 1];
            if (file[at] != Prefix || marker is Scan or End) throw new InvalidDataException("its picture has no header");
            var segment = file[(at + 2)..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            if (length < 2 || length > segment.Length) throw new InvalidDataException("it ends before its picture begins");
            // Among the frames' numbers are three of tables.
            if (marker is >= FirstFrame and <= LastFrame and not (0xC4 or 0xC8 or 0xCC)) return Frame(segment[2..length]);
            at += 2 + length;
        }
    }

    private static PictureHeader Frame(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < FrameBytes - 2) throw new InvalidDataException("its header is too short");
        int height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        if (width == 0 || height == 0) throw new InvalidDataException($"its size of {width}x{height} is none");
        if (frame[0] != 8 || frame[5] is not (1 or 3))
            throw new InvalidDataException($"{frame[5]} colours of {frame[0]} bits are not read, only grey and RGB of 8 bits");
        return new PictureHeader(FileKind.Jpeg, width, height, frame[0], (long)width * height / MostPixelsOfByte);
    }
}
