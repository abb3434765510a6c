using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Layers;

/// <summary>
/// Turns stored numbers into float32, exactly (binary64 and integers beyond 24 bits are rounded), and looks for numbers that are not
/// finite. FP8 is that of the Open Compute Project (OFP8, 2023): E5M2 as the upper half of a binary16, E4M3 without infinities.
/// </summary>
internal static class FloatReader
{
    private static readonly float[] E4M3 = [.. Enumerable.Range(0, 256).Select(OfE4M3)];
    private static readonly float[] E5M2 =
        [.. Enumerable.Range(0, 256).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8)))];

    /// <summary>True for types of floating-point numbers.</summary>
    public static bool IsFloat(StoredType type) =>
        type is StoredType.F32 or StoredType.F16 or StoredType.BF16 or StoredType.F64 or StoredType.F8E4M3 or StoredType.F8E5M2;

    /// <summary>
    /// Reads little-endian numbers at any alignment; <paramref name="source"/> holds exactly as many as <paramref name="values"/>.
    /// </summary>
    public static void Read(StoredType type, ReadOnlySpan<byte> source, Span<float> values)
    {
        switch (type)
        {
            case StoredType.F32: source.CopyTo(MemoryMarshal.AsBytes(values)); break;
            case StoredType.F16: ReadHalves(source, values); break;
            case StoredType.BF16: ReadBrains(source, values); break;
            case StoredType.F64: ReadDoubles(source, values); break;
            case StoredType.F8E4M3: Look(E4M3, source, values); break;
            case StoredType.F8E5M2: Look(E5M2, source, values); break;
            default: ReadIntegers(type, source, values); break;
        }
    }

    /// <summary>How many numbers are NaN or infinite.</summary>
    public static long CountNonFinite(ReadOnlySpan<float> values)
    {
        const uint exponent = 0x7F800000;
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var mask = Vector256.Create(exponent);
        long count = 0;
        int i = 0;
        for (; i <= bits.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            var found = Vector256.Equals(Vector256.Create(bits[i..]) & mask, mask);
            if (found != Vector256<uint>.Zero) count += uint.PopCount(found.ExtractMostSignificantBits());
        }

        for (; i < bits.Length; i++) count += (bits[i] & exponent) == exponent ? 1 : 0;
        return count;
    }

    /// <summary>True if no number is NaN or beyond the largest of binary16.</summary>
    public static bool FitHalf(ReadOnlySpan<float> values)
    {
        float most = (float)Half.MaxValue;
        var limit = Vector256.Create(most);
        int i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var within = Vector256.LessThanOrEqual(Vector256.Abs(Vector256.Create(values[i..])), limit);
            if (within.AsUInt32() != Vector256<uint>.AllBitsSet) return false;
        }

        for (; i < values.Length; i++)
            if (!(MathF.Abs(values[i]) <= most)) return false;
        return true;
    }

    /// <summary>A sign, 4 bits of exponent (bias 7), 3 of mantissa; all ones are NaN.</summary>
    private static float OfE4M3(int bits)
    {
        int exponent = (bits >> 3) & 15, mantissa = bits & 7;
        float magnitude = exponent == 0 ? MathF.ScaleB(mantissa, -9) : MathF.ScaleB(8 + mantissa, exponent - 10);
        if (exponent == 15 && mantissa == 7) magnitude = float.NaN;
        return bits < 0x80 ? magnitude : -magnitude;
    }

    private static void Look(float[] table, ReadOnlySpan<byte> source, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = table[source[i]];
    }

    private static void ReadIntegers(StoredType type, ReadOnlySpan<byte> source, Span<float> values)
    {
        int size = type.Bytes();
        for (int i = 0; i < values.Length; i++)
        {
            var one = source.Slice(i * size, size);
            values[i] = type switch
            {
                StoredType.Bool => one[0] == 0 ? 0 : 1,
                StoredType.U8 => one[0],
                StoredType.I8 => (sbyte)one[0],
                StoredType.I16 => MemoryMarshal.Read<short>(one),
                StoredType.U16 => MemoryMarshal.Read<ushort>(one),
                StoredType.I32 => MemoryMarshal.Read<int>(one),
                StoredType.U32 => MemoryMarshal.Read<uint>(one),
                StoredType.I64 => MemoryMarshal.Read<long>(one),
                StoredType.U64 => MemoryMarshal.Read<ulong>(one),
                _ => throw new NotSupportedException($"numbers of type {type}"),
            };
        }
    }

    private static void ReadHalves(ReadOnlySpan<byte> source, Span<float> values)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var halves = Vector256.LoadUnsafe(ref Unsafe.As<byte, ushort>(ref Unsafe.Add(ref from, (nint)2 * i)));
            Widen(Vector256.WidenLower(halves)).StoreUnsafe(ref to, (nuint)i);
            Widen(Vector256.WidenUpper(halves)).StoreUnsafe(ref to, (nuint)i + 8);
        }

        for (; i < values.Length; i++) values[i] = (float)Unsafe.ReadUnaligned<Half>(ref Unsafe.Add(ref from, (nint)2 * i));
    }

    /// <summary>
    /// Eight halves in the low bits to floats, by integer arithmetic. A subnormal half m 2^-24 is found as (2^-14 + m 2^-24) - 2^-14,
    /// exactly.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<uint> half)
    {
        const uint infinity = 0x7C00u << 13, rebias = 112u << 23, smallest = 113u << 23;
        var magnitude = (half & Vector256.Create(0x7FFFu)) << 13;
        var normal = magnitude + Vector256.Create(rebias);
        var special = magnitude | Vector256.Create(0x7F800000u);
        var subnormal = ((magnitude + Vector256.Create(smallest)).AsSingle() - Vector256.Create(smallest).AsSingle()).AsUInt32();
        var isSubnormal = Vector256.LessThan(magnitude.AsInt32(), Vector256.Create(1 << 23)).AsUInt32();
        var bits = Vector256.ConditionalSelect(isSubnormal, subnormal, normal);
        var isSpecial = Vector256.GreaterThanOrEqual(magnitude.AsInt32(), Vector256.Create((int)infinity)).AsUInt32();
        bits = Vector256.ConditionalSelect(isSpecial, special, bits);
        return (bits | ((half & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    private static void ReadBrains(ReadOnlySpan<byte> source, Span<float> values)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var brains = Vector256.LoadUnsafe(ref Unsafe.As<byte, ushort>(ref Unsafe.Add(ref from, (nint)2 * i)));
            (Vector256.WidenLower(brains) << 16).AsSingle().StoreUnsafe(ref to, (nuint)i);
            (Vector256.WidenUpper(brains) << 16).AsSingle().StoreUnsafe(ref to, (nuint)i + 8);
        }

        for (; i < values.Length; i++)
        {
            values[i] = BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref from, (nint)2 * i)) << 16);
        }
    }

    private static void ReadDoubles(ReadOnlySpan<byte> source, Span<float> values)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        for (int i = 0; i < values.Length; i++) values[i] = (float)Unsafe.ReadUnaligned<double>(ref Unsafe.Add(ref from, (nint)8 * i));
    }
}
