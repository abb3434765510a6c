using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Fuzz.Mutation;

/// <summary>Changes bytes without knowing what they are.</summary>
internal static class ByteMutation
{
    private const int LongestPiece = 64;

    /// <summary>A few changes.</summary>
    /// <param name="dice">which and where</param>
    /// <param name="seed">what to change; stays as it is</param>
    /// <param name="other">what to take pieces from</param>
    public static byte[] Change(Dice dice, byte[] seed, byte[]? other = null)
    {
        byte[] bytes = seed;
        for (int left = dice.Few(); left > 0; left--) bytes = Once(dice, bytes, other ?? seed);
        return bytes;
    }

    private static byte[] Once(Dice dice, byte[] from, byte[] other)
    {
        if (from.Length == 0) return dice.Bytes(dice.Below(LongestPiece));
        int at = dice.Below(from.Length), piece = Math.Min(from.Length - at, 1 + dice.Below(LongestPiece));
        byte[] bytes = [.. from];
        switch (dice.Below(10))
        {
            case 0:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                return bytes;
            case 1:
                bytes[at] = (byte)dice.Bits();
                return bytes;
            case 2:
                bytes.AsSpan(at, piece).Fill(dice.Pick<byte>([0, 0xFF, 0x80, 0x7F, (byte)' ']));
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. bytes[(at + piece)..]];
            case 5:
                return [.. bytes[..(at + piece)], .. bytes[at..]];
            case 6:
                int start = other.Length == 0 ? 0 : dice.Below(other.Length);
                return [.. bytes[..at], .. other[start..Math.Min(other.Length, start + LongestPiece)], .. bytes[at..]];
            case 7:
                return [.. bytes[..at], .. Encoding.UTF8.GetBytes(Absurd.Word(dice)), .. bytes[at..]];
            case 8:
                return [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
            default:
                PutInteger(dice, bytes, at);
                return bytes;
        }
    }

    /// <summary>A field of two, four or eight bytes, either end first, as lengths and counts are stored.</summary>
    private static void PutInteger(Dice dice, byte[] bytes, int at)
    {
        Span<byte> field = stackalloc byte[sizeof(long)];
        long value = Absurd.Integer(dice);
        int size = dice.Pick([2, 4, 8]);
        if (dice.OneIn(2)) BinaryPrimitives.WriteInt64LittleEndian(field, value);
        else BinaryPrimitives.WriteInt64BigEndian(field, value << (8 * (sizeof(long) - size)));
        field[..Math.Min(size, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
    }
}
