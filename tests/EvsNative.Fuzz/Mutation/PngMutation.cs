using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EvsNative.Fuzz.Mutation;

/// <summary>
/// Changes a PNG chunk by chunk: fields of the header, lengths, order, what the pixels unfold to. Most checksums are made right again, so
/// that a reader sees what is behind them.
/// </summary>
internal static class PngMutation
{
    private const int Signature = 8, LengthBytes = 4, NameBytes = 4, SumBytes = 4;
    private static readonly string[] Names =
        ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "acTL", "tEXt", "zTXt", "abcd", "\0\0\0\0"];
    private static readonly int[] Sizes =
        [0, 1, 2, 3, 7, 8, 63, 64, 65, 4096, 8192, 8193, 16384, 16385, 65535, 65536, 1 << 24, int.MaxValue, int.MinValue, -1];

    /// <summary>A few changes.</summary>
    public static byte[] Change(Dice dice, byte[] seed)
    {
        if (dice.OneIn(6)) return ByteMutation.Change(dice, seed);
        var chunks = Split(seed);
        for (int left = dice.Few(); left > 0 && chunks.Count > 0; left--) Once(dice, chunks);
        byte[] changed = Join(seed.AsSpan(0, Math.Min(seed.Length, Signature)), chunks, isSummed: !dice.OneIn(5));
        return dice.OneIn(8) ? ByteMutation.Change(dice, changed) : changed;
    }

    /// <summary>A PNG of these chunks, with their checksums.</summary>
    public static byte[] Join(ReadOnlySpan<byte> signature, IEnumerable<(string Name, byte[] Data)> chunks, bool isSummed = true)
    {
        var file = new List<byte>([.. signature]);
        Span<byte> number = stackalloc byte[sizeof(uint)];
        foreach (var (name, data) in chunks)
        {
            byte[] summed = [.. Encoding.Latin1.GetBytes(name), .. data];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.AddRange(number);
            file.AddRange(summed);
            BinaryPrimitives.WriteUInt32BigEndian(number, isSummed ? Sum(summed) : 0);
            file.AddRange(number);
        }

        return [.. file];
    }

    /// <summary>Bytes in a zlib stream.</summary>
    public static byte[] Fold(byte[] bytes)
    {
        using var folded = new MemoryStream();
        using (var fold = new ZLibStream(folded, CompressionLevel.Fastest)) fold.Write(bytes);
        return folded.ToArray();
    }

    private static List<(string Name, byte[] Data)> Split(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        int at = Signature;
        while (at + LengthBytes + NameBytes <= file.Length)
        {
            int data = at + LengthBytes + NameBytes, length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            length = Math.Clamp(length, 0, file.Length - data);
            chunks.Add((Encoding.Latin1.GetString(file, at + LengthBytes, NameBytes), file[data..(data + length)]));
            at = data + length + SumBytes;
        }

        return chunks;
    }

    private static void Once(Dice dice, List<(string Name, byte[] Data)> chunks)
    {
        int i = dice.Below(chunks.Count), header = chunks.FindIndex(chunk => chunk.Name == "IHDR" && chunk.Data.Length >= 13);
        var (name, data) = chunks[i];
        switch (dice.Below(9))
        {
            case 0:
                chunks.RemoveAt(i);
                break;
            case 1:
                chunks.Insert(dice.Below(chunks.Count + 1), (name, data));
                break;
            case 2:
                chunks[i] = (dice.Pick(Names), data);
                break;
            case 3:
                chunks[i] = (name, ByteMutation.Change(dice, data));
                break;
            case 4:
                chunks.Insert(dice.Below(chunks.Count + 1), (dice.Pick(Names), dice.Bytes(dice.Below(40))));
                break;
            case 5 or 6 when header >= 0:
                chunks[header] = ("IHDR", Header(dice, chunks[header].Data));
                break;
            case 7 when name == "IDAT":
                chunks[i] = (name, Unfolded(data) is { } pixels ? Fold(ByteMutation.Change(dice, pixels)) : dice.Bytes(9));
                break;
            default:
                // Zeros fold to a thousandth: the smallest file for the most pixels.
                chunks[i] = ("IDAT", Fold(new byte[dice.Pick([0, 1, 100, 12_288, 1 << 20])]));
                break;
        }
    }

    /// <summary>Width, height, depth, colours, method, filter, interlace.</summary>
    private static byte[] Header(Dice dice, byte[] header)
    {
        byte[] changed = [.. header];
        if (dice.OneIn(2)) BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(4 * dice.Below(2)), dice.Pick(Sizes));
        else changed[8 + dice.Below(5)] = dice.Pick<byte>([0, 1, 2, 3, 4, 6, 8, 16, 255]);
        return changed;
    }

    private static byte[]? Unfolded(byte[] data)
    {
        try
        {
            using var unfold = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            unfold.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The checksum of PNG (ISO 3309), bit by bit: chunks here are small.</summary>
    private static uint Sum(byte[] bytes)
    {
        const uint polynomial = 0xEDB88320;
        uint sum = uint.MaxValue;
        foreach (byte b in bytes)
        {
            sum ^= b;
            for (int bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) * polynomial);
        }

        return ~sum;
    }
}
