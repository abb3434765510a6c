using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace EvsNative.Pipelines.Pictures;

/// <summary>Text in a PNG file, still or moving: a chunk iTXt behind the header (PNG specification, third edition, 11.3.3.4).</summary>
internal static class PngText
{
    private const int SignatureBytes = 8, FrameBytes = 12, NameBytes = 4, HeaderBytes = 13, MovedBytes = 4 << 20;

    /// <summary>Where a chunk can be put in: behind signature and header, which every PNG begins with.</summary>
    public const int Place = SignatureBytes + FrameBytes + HeaderBytes;

    /// <summary>The chunk.</summary>
    /// <param name="keyword">1 to 79 letters of Latin-1</param>
    /// <param name="text">any length, not compressed</param>
    public static byte[] Chunk(string keyword, string text)
    {
        // Behind the keyword: not compressed, by no method, no language, no translated keyword.
        byte[] data = [.. "iTXt"u8, .. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];
        byte[] chunk = new byte[sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(chunk, (uint)(data.Length - NameBytes));
        data.CopyTo(chunk, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(sizeof(uint) + data.Length), Crc32.HashToUInt32(data));
        return chunk;
    }

    /// <summary>A file with a text in it.</summary>
    public static byte[] With(byte[] png, string keyword, string text) => [.. png[..Place], .. Chunk(keyword, text), .. png[Place..]];

    /// <summary>Puts a text into a file on the disk: what comes behind it moves, some megabytes at a time, the last ones first.</summary>
    /// <param name="png">can be read and written</param>
    /// <param name="keyword">1 to 79 letters of Latin-1</param>
    /// <param name="text">any length</param>
    public static void Insert(FileStream png, string keyword, string text)
    {
        byte[] chunk = Chunk(keyword, text), block = new byte[MovedBytes];
        for (long end = png.Length; end > Place;)
        {
            int count = (int)Math.Min(block.Length, end - Place);
            end -= count;
            png.Position = end;
            png.ReadExactly(block, 0, count);
            png.Position = end + chunk.Length;
            png.Write(block, 0, count);
        }

        png.Position = Place;
        png.Write(chunk);
    }

    /// <summary>The texts in the beginning of a file, plain (tEXt) and international (iTXt), those that are not compressed.</summary>
    /// <param name="start">the file, or its first bytes</param>
    public static IReadOnlyList<string> In(ReadOnlySpan<byte> start)
    {
        var texts = new List<string>();
        try
        {
            for (var chunks = new PngChunks(start); chunks.MoveNext();)
            {
                int end = chunks.Data.IndexOf((byte)0);
                if (end < 0) continue;
                if (chunks.Name.SequenceEqual("tEXt"u8)) texts.Add(Encoding.Latin1.GetString(chunks.Data[(end + 1)..]));
                else if (chunks.Name.SequenceEqual("iTXt"u8) && International(chunks.Data[(end + 1)..]) is { } text) texts.Add(text);
            }
        }
        catch (InvalidDataException)
        {
            // What is broken further on says nothing of the texts before it.
        }

        return texts;
    }

    private static string? International(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2 || rest[0] != 0) return null;
        rest = rest[2..];
        for (int i = 0; i < 2; i++)
        {
            int end = rest.IndexOf((byte)0);
            if (end < 0) return null;
            rest = rest[(end + 1)..];
        }

        return Encoding.UTF8.GetString(rest);
    }
}
