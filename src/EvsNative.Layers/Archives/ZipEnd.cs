using System.Buffers.Binary;

namespace EvsNative.Layers.Archives;

/// <summary>The end of a zip archive, which says where its directory lies. Source: APPNOTE.TXT 4.3.14 to 4.3.16.</summary>
/// <param name="Count">entries</param>
/// <param name="Start">where the directory begins</param>
/// <param name="Bytes">its length</param>
internal readonly record struct ZipEnd(long Count, long Start, long Bytes)
{
    private const int EndBytes = 22, LongestComment = ushort.MaxValue, LocatorBytes = 20, End64Bytes = 56;
    private const ushort NoDisk = ushort.MaxValue;

    /// <summary>Finds the end of an archive, in its last bytes.</summary>
    /// <exception cref="InputException">there is none, or it does not fit the file</exception>
    public static ZipEnd Find(FileBytes file)
    {
        byte[] tail = new byte[Math.Min(file.Length, EndBytes + LongestComment + LocatorBytes)];
        long from = file.Length - tail.Length;
        file.ReadExactly(tail, from);
        for (int at = tail.Length - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at, EndBytes);
            bool isEnd = end.StartsWith("PK\u0005\u0006"u8)
                && at + EndBytes + BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == tail.Length;
            if (isEnd) return Read(file, end, at < LocatorBytes ? default : tail.AsSpan(at - LocatorBytes, LocatorBytes), from + at);
        }

        throw ZipDirectory.Damaged(file, "the archive has no end, so the file was cut off");
    }

    private static ZipEnd Read(FileBytes file, ReadOnlySpan<byte> end, ReadOnlySpan<byte> locator, long endAt)
    {
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(end[4..]), first = BinaryPrimitives.ReadUInt16LittleEndian(end[6..]);
        ushort here = BinaryPrimitives.ReadUInt16LittleEndian(end[8..]), all = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        var found = new ZipEnd(
            all, BinaryPrimitives.ReadUInt32LittleEndian(end[16..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]));
        bool isOneDisk = disk is 0 or NoDisk && first is 0 or NoDisk && here == all;
        if (locator.StartsWith("PK\u0006\u0007"u8))
        {
            long place = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
            if (place < 0 || place > endAt - LocatorBytes - End64Bytes) throw ZipDirectory.Damaged(file, "the archive's end is damaged");
            Span<byte> end64 = stackalloc byte[End64Bytes];
            file.ReadExactly(end64, place);
            if (!end64.StartsWith("PK\u0006\u0006"u8)) throw ZipDirectory.Damaged(file, "the archive's end is damaged");
            found = new ZipEnd(
                BinaryPrimitives.ReadInt64LittleEndian(end64[32..]), BinaryPrimitives.ReadInt64LittleEndian(end64[48..]),
                BinaryPrimitives.ReadInt64LittleEndian(end64[40..]));
            bool isFirstDisk = BinaryPrimitives.ReadUInt64LittleEndian(end64[16..]) == 0;
            isOneDisk &= isFirstDisk && BinaryPrimitives.ReadInt64LittleEndian(end64[24..]) == found.Count;
            endAt = place;
        }

        if (!isOneDisk)
            throw new InputException(InputCode.Unsupported, $"{file.Path}: one of several parts of a zip archive: join them first");
        bool isInside = found is { Count: >= 0, Bytes: >= 0, Start: >= 0 } && found.Start <= endAt && found.Bytes <= endAt - found.Start;
        return isInside ? found : throw ZipDirectory.Damaged(file, "the archive's directory does not lie inside the file");
    }
}
