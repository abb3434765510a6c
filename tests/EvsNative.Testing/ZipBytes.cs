using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Testing;

/// <summary>
/// Bytes of zip archives whose entries are stored, as torch.save writes them: sizes behind the data and in the directory alone, ZIP64 ends,
/// data at multiples of 64. Source: APPNOTE.TXT, sections 4.3 and 4.5.
/// </summary>
public static class ZipBytes
{
    private const int LocalBytes = 30, Alignment = 64;

    private static readonly uint[] Steps = [.. Enumerable.Range(0, 256).Select(OfByte)];

    /// <summary>An archive of these entries in this order.</summary>
    public static byte[] Of(IEnumerable<(string Name, byte[] Bytes)> entries)
    {
        var file = new List<byte>();
        var directory = new List<byte>();
        long count = 0;
        foreach (var (name, bytes) in entries)
        {
            int place = file.Count;
            uint crc = Crc32(bytes);
            file.AddRange(Local(name, place));
            file.AddRange(bytes);
            file.AddRange(Fields([(4, 0x08074B50), (4, crc), (4, bytes.Length), (4, bytes.Length)]));
            directory.AddRange(Central(name, crc, bytes.Length, place));
            count++;
        }

        long start = file.Count, end = start + directory.Count;
        file.AddRange(directory);
        file.AddRange(End64(count, directory.Count, start));
        file.AddRange(Fields([(4, 0x07064B50), (4, 0), (8, end), (4, 1)]));
        file.AddRange(Fields([(4, 0x06054B50), (2, 0), (2, 0), (2, count), (2, count), (4, directory.Count), (4, start), (2, 0)]));
        return [.. file];
    }

    /// <summary>The header of an entry, whose sizes follow its data; padded so that the data lie at a multiple of 64.</summary>
    public static byte[] Local(string name, long place)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        long data = place + LocalBytes + text.Length + 4, padding = (Alignment - (data % Alignment)) % Alignment;
        byte[] extra = [(byte)'F', (byte)'B', .. Fields([(2, padding)]), .. new byte[padding]];
        byte[] header = Fields(
        [
            (4, 0x04034B50), (2, 0), (2, 0x808), (2, 0), (4, 0), (4, 0), (4, 0), (4, 0), (2, text.Length), (2, extra.Length),
        ]);
        return [.. header, .. text, .. extra];
    }

    /// <summary>The line of the directory for an entry; sizes and places from 4 GiB on stand in a ZIP64 field.</summary>
    public static byte[] Central(string name, uint crc, long bytes, long place)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        List<(int, long)> large = [];
        if (bytes >= uint.MaxValue) large.AddRange([(8, bytes), (8, bytes)]);
        if (place >= uint.MaxValue) large.Add((8, place));
        byte[] extra = large.Count == 0 ? [] : [.. Fields([(2, 1), (2, large.Count * 8)]), .. Fields(large)];
        byte[] header = Fields(
        [
            (4, 0x02014B50), (2, 0), (2, 0), (2, 0x808), (2, 0), (4, 0), (4, crc), (4, Math.Min(bytes, uint.MaxValue)),
            (4, Math.Min(bytes, uint.MaxValue)), (2, text.Length), (2, extra.Length), (2, 0), (2, 0), (2, 0), (4, 0),
            (4, Math.Min(place, uint.MaxValue)),
        ]);
        return [.. header, .. text, .. extra];
    }

    /// <summary>The ZIP64 end of the directory.</summary>
    public static byte[] End64(long count, long bytes, long start) =>
        Fields([(4, 0x06064B50), (8, 44), (2, 45), (2, 45), (4, 0), (4, 0), (8, count), (8, count), (8, bytes), (8, start)]);

    /// <summary>The checksum of an entry: the definition, whose eight steps of a byte are counted once.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = (crc >> 8) ^ Steps[(byte)(crc ^ b)];
        return ~crc;
    }

    private static uint OfByte(int value)
    {
        uint crc = (uint)value;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        return crc;
    }

    /// <summary>Little-endian fields of two, four or eight bytes.</summary>
    public static byte[] Fields(IEnumerable<(int Bytes, long Value)> fields)
    {
        var all = new List<byte>();
        byte[] field = new byte[sizeof(long)];
        foreach (var (bytes, value) in fields)
        {
            BinaryPrimitives.WriteInt64LittleEndian(field, value);
            all.AddRange(field.AsSpan(0, bytes));
        }

        return [.. all];
    }
}
