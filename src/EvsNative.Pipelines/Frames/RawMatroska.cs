using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Raw frames with their times as a stream that ffmpeg reads from a pipe: Matroska with one track of uncompressed pictures, a cluster for
/// each frame. Times are whole nanoseconds, so any time base of a clip can be had back by rounding. Nothing is sought back, so the segment
/// has no size. Source: RFC 8794 (EBML), RFC 9559 (Matroska).
/// </summary>
/// <param name="output">the pipe</param>
internal sealed class RawMatroska(Stream output)
{
    /// <summary>Bytes of an element's size, and of every number.</summary>
    private const int Wide = 8;

    private const long SizeMark = 1L << 56, UnknownSize = (1L << 57) - 1;

    /// <summary>Begins the stream.</summary>
    /// <param name="width">W in pixels</param>
    /// <param name="height">H in pixels</param>
    /// <param name="hasAlpha">whether a pixel has four bytes, the fourth for its opacity</param>
    /// <param name="rate">frames a second, on average where they differ: what encoders reckon with</param>
    /// <param name="chapters">chapters of the clip, if any</param>
    /// <exception cref="IOException">nobody reads any more</exception>
    public void Begin(int width, int height, bool hasAlpha, Rational rate, IReadOnlyList<ClipChapter> chapters)
    {
        using var head = new MemoryStream();
        head.Write(Element(
            0x1A45DFA3, Number(0x4286, 1), Number(0x42F7, 1), Number(0x42F2, 4), Number(0x42F3, Wide), Text(0x4282, "matroska"),
            Number(0x4287, 4), Number(0x4285, 2)));
        Id(head, 0x18538067);
        Long(head, UnknownSize);
        head.Write(Element(0x1549A966, Number(0x2AD7B1, 1), Text(0x4D80, "evsnative"), Text(0x5741, "evsnative")));
        long frame = (long)Math.Round(1e9 / rate.Value);
        byte[] picture = Element(
            0xE0, Number(0xB0, width), Number(0xBA, height), Text(0x2EB524, hasAlpha ? "RGBA" : "RGB\u0018"));
        head.Write(Element(0x1654AE6B, Element(
            0xAE, Number(0xD7, 1), Number(0x73C5, 1), Number(0x83, 1), Number(0x9C, 0), Number(0x23E383, frame), Text(0x22B59C, "und"),
            Text(0x86, "V_UNCOMPRESSED"), picture)));
        if (chapters.Count > 0) head.Write(Element(0x1043A770, Element(0x45B9, [.. chapters.Select(Atom)])));
        output.Write(head.ToArray());
    }

    /// <summary>Writes the next frame.</summary>
    /// <param name="pixels">[H,W,3], or [H,W,4] with opacity</param>
    /// <param name="time">nanoseconds from the clip's beginning, later than the frame before</param>
    /// <exception cref="IOException">nobody reads any more</exception>
    public void Frame(ReadOnlySpan<byte> pixels, long time)
    {
        using var head = new MemoryStream();
        byte[] stamp = Number(0xE7, time);
        // The block's head: track 1, no offset from the cluster's time, a frame that needs no other one.
        byte[] block = [0x81, 0, 0, 0x80];
        long size = block.Length + (long)pixels.Length;
        Id(head, 0x1F43B675);
        Long(head, SizeMark | (stamp.Length + 1 + Wide + size));
        head.Write(stamp);
        Id(head, 0xA3);
        Long(head, SizeMark | size);
        head.Write(block);
        output.Write(head.ToArray());
        output.Write(pixels);
    }

    private static byte[] Atom(ClipChapter chapter, int index) => Element(
        0xB6, Number(0x73C4, index + 1), Number(0x91, Nanoseconds(chapter.From)), Number(0x92, Nanoseconds(chapter.To)),
        Element(0x80, Text(0x85, chapter.Title), Text(0x437C, "und")));

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private static byte[] Element(uint id, params byte[][] parts)
    {
        using var element = new MemoryStream();
        Id(element, id);
        Long(element, SizeMark | parts.Sum(part => part.LongLength));
        foreach (byte[] part in parts) element.Write(part);
        return element.ToArray();
    }

    private static byte[] Number(uint id, long value)
    {
        byte[] bytes = new byte[Wide];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Element(id, bytes);
    }

    private static byte[] Text(uint id, string text) => Element(id, Encoding.UTF8.GetBytes(text));

    /// <summary>An element's name: as many bytes as it has, the first one says how many.</summary>
    private static void Id(MemoryStream stream, uint id)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
            if (id >> shift != 0) stream.WriteByte((byte)(id >> shift));
    }

    private static void Long(MemoryStream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[Wide];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        stream.Write(bytes);
    }
}
