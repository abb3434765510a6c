using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// Turns float32 into stored numbers: to the nearest, ties to even. NaN stays NaN and infinity stays infinite; a finite number never
/// becomes infinite, it is found before it is written.
/// </summary>
internal static class FloatWriter
{
    /// <summary>The first number above the largest of binary16 that would be rounded up to infinity: 65504 and half a step.</summary>
    private const float BeyondHalf = 65520;

    /// <summary>The same of the upper half of a binary32, as bits.</summary>
    private const uint BeyondBrain = 0x7F7F8000, Magnitude = 0x7FFFFFFF, Infinite = 0x7F800000, Quiet = 0x40;

    /// <summary>True if <see cref="Write"/> can write the type.</summary>
    public static bool CanWrite(StoredType type) => type is StoredType.F32 or StoredType.F16 or StoredType.BF16;

    /// <summary>The first finite number that is too large for a type; null if all fit.</summary>
    public static float? FindTooLarge(StoredType type, ReadOnlySpan<float> values)
    {
        if (type == StoredType.F32) return null;
        float least = type == StoredType.F16 ? BeyondHalf : BitConverter.UInt32BitsToSingle(BeyondBrain);
        foreach (float value in values)
            if (MathF.Abs(value) >= least && float.IsFinite(value)) return value;
        return null;
    }

    /// <summary>Writes little-endian numbers; <paramref name="bytes"/> has room for exactly as many.</summary>
    public static void Write(StoredType type, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (type == StoredType.F32)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return;
        }

        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], type == StoredType.F16 ? Half(values[i]) : Brain(values[i]));
    }

    private static ushort Half(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>More than half of what is cut off, or half of an odd number, counts as one more.</summary>
    private static ushort Brain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // A NaN whose bits are all in the lower half would become an infinity.
        if ((bits & Magnitude) > Infinite) return (ushort)((bits >> 16) | Quiet);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
