using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Pipelines.Pictures;

/// <summary>A comment in a JPEG file: a segment COM (ITU T.81, B.2.4.5).</summary>
internal static class JpegText
{
    private const byte Prefix = 0xFF, Begin = 0xD8, Comment = 0xFE, FirstOfApplications = 0xE0, LastOfApplications = 0xEF, Scan = 0xDA;

    /// <summary>Most bytes of a comment: its length is counted in 16 bits, with those of the length.</summary>
    public const int MostBytes = ushort.MaxValue - sizeof(ushort);

    /// <summary>A file with a comment, behind the segments of applications: JFIF's must come first.</summary>
    /// <param name="jpeg">a whole file</param>
    /// <param name="text">at most <see cref="MostBytes"/> as UTF-8</param>
    public static byte[] With(byte[] jpeg, string text)
    {
        byte[] words = Encoding.UTF8.GetBytes(text);
        byte[] head = [Prefix, Comment, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), checked((ushort)(sizeof(ushort) + words.Length)));
        int at = 2;
        while (at + 4 <= jpeg.Length && jpeg[at] == Prefix && jpeg[at + 1] is >= FirstOfApplications and <= LastOfApplications)
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        return [.. jpeg[..at], .. head, .. words, .. jpeg[at..]];
    }

    /// <summary>The comments in the beginning of a file.</summary>
    /// <param name="start">the file, or its first bytes</param>
    public static IReadOnlyList<string> In(ReadOnlySpan<byte> start)
    {
        var texts = new List<string>();
        if (start.Length < 2 || start[0] != Prefix || start[1] != Begin) return texts;
        for (int at = 2; at + 4 <= start.Length && start[at] == Prefix && start[at + 1] != Scan;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(start[(at + 2)..]);
            if (length < sizeof(ushort) || at + 2 + length > start.Length) break;
            if (start[at + 1] == Comment) texts.Add(Encoding.UTF8.GetString(start.Slice(at + 4, length - sizeof(ushort))));
            at += 2 + length;
        }

        return texts;
    }
}
