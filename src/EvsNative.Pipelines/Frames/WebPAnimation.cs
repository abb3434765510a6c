using System.Buffers.Binary;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// An animated WebP that was written: no ffmpeg before 7 can read one. Equal frames in a row are one frame of it, shown longer. Source:
/// WebP Container Specification, "Animation".
/// </summary>
internal static class WebPAnimation
{
    private const int HeaderBytes = 12, ChunkHead = 8, LengthAt = 12, LengthBytes = 3, MostLength = (1 << 24) - 1;

    /// <summary>How long each frame is shown, in milliseconds; empty for a file that is none, or is not whole.</summary>
    public static IReadOnlyList<int> Lengths(FileStream file) => [.. Frames(file).Select(frame => frame.Length)];

    /// <summary>Says how long the last frame is shown.</summary>
    /// <param name="file">can be written to</param>
    /// <param name="milliseconds">how long</param>
    public static void SetLast(FileStream file, int milliseconds)
    {
        var frames = Frames(file);
        if (frames.Count == 0) return;
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, Math.Clamp(milliseconds, 1, MostLength));
        file.Position = frames[^1].At;
        file.Write(length, 0, LengthBytes);
    }

    private static List<(long At, int Length)> Frames(FileStream file)
    {
        var frames = new List<(long, int)>();
        byte[] head = new byte[Math.Max(HeaderBytes, ChunkHead + LengthAt + sizeof(int))];
        file.Position = 0;
        if (file.ReadAtLeast(head.AsSpan(0, HeaderBytes), HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            || !head.AsSpan(0, 4).SequenceEqual("RIFF"u8) || Size(head, 4) + ChunkHead > file.Length) return [];
        for (long at = HeaderBytes; at + ChunkHead <= file.Length;)
        {
            file.Position = at;
            int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            long size = Size(head, 4);
            if (at + ChunkHead + size > file.Length) return [];
            if (read == head.Length && head.AsSpan(0, 4).SequenceEqual("ANMF"u8))
                frames.Add((at + ChunkHead + LengthAt, (int)(Size(head, ChunkHead + LengthAt) & MostLength)));
            at += ChunkHead + size + size % 2;
        }

        return frames;
    }

    private static long Size(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
