using System.Runtime.CompilerServices;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// A lane of a register as a value of a type and back. Signed values fill the lane with their sign, as wider registers want it.
/// </summary>
internal static class Lane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T To<T>(ulong lane)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return (T)(object)BitConverter.UInt32BitsToSingle((uint)lane);
        if (typeof(T) == typeof(double)) return (T)(object)BitConverter.UInt64BitsToDouble(lane);
        if (typeof(T) == typeof(Half)) return (T)(object)BitConverter.UInt16BitsToHalf((ushort)lane);
        if (typeof(T) == typeof(int)) return (T)(object)(int)lane;
        if (typeof(T) == typeof(uint)) return (T)(object)(uint)lane;
        if (typeof(T) == typeof(long)) return (T)(object)(long)lane;
        if (typeof(T) == typeof(ulong)) return (T)(object)lane;
        if (typeof(T) == typeof(short)) return (T)(object)(short)lane;
        if (typeof(T) == typeof(ushort)) return (T)(object)(ushort)lane;
        if (typeof(T) == typeof(sbyte)) return (T)(object)(sbyte)lane;
        return typeof(T) == typeof(byte) ? (T)(object)(byte)lane : throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong From<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return BitConverter.SingleToUInt32Bits((float)(object)value);
        if (typeof(T) == typeof(double)) return BitConverter.DoubleToUInt64Bits((double)(object)value);
        if (typeof(T) == typeof(Half)) return BitConverter.HalfToUInt16Bits((Half)(object)value);
        if (typeof(T) == typeof(int)) return (ulong)(int)(object)value;
        if (typeof(T) == typeof(uint)) return (uint)(object)value;
        if (typeof(T) == typeof(long)) return (ulong)(long)(object)value;
        if (typeof(T) == typeof(ulong)) return (ulong)(object)value;
        if (typeof(T) == typeof(short)) return (ulong)(short)(object)value;
        if (typeof(T) == typeof(ushort)) return (ushort)(object)value;
        if (typeof(T) == typeof(sbyte)) return (ulong)(sbyte)(object)value;
        return typeof(T) == typeof(byte) ? (byte)(object)value : throw new NotSupportedException();
    }

    /// <summary>The bits of a bfloat16 as a float.</summary>
    public static float FromBf16(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The bits of the nearest bfloat16, ties to even.</summary>
    public static uint ToBf16(float value)
    {
        if (float.IsNaN(value)) return 0x7fff;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    }

    /// <summary>
    /// The bits of a half as a float. Written out because the library's conversion is a call, which after vector code costs a hundred times
    /// as much.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromHalf(uint bits)
    {
        const float ExponentDifference = 5.192296858534828e33f;
        uint magnitude = bits & 0x7fff, sign = (bits & 0x8000) << 16;
        uint value = magnitude < 0x7c00
            ? BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude << 13) * ExponentDifference)
            : 0x7f800000 | (magnitude << 13);
        return BitConverter.UInt32BitsToSingle(value | sign);
    }

    /// <summary>The bits of the nearest half, ties to even; written out as <see cref="FromHalf"/> is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToHalf(float value)
    {
        const uint Infinity = 0x7f800000, FirstTooLarge = 0x47800000, FirstNormal = 0x38800000, ExponentDifference = 0x38000000;
        uint bits = BitConverter.SingleToUInt32Bits(value), magnitude = bits & 0x7fffffff, sign = (bits >> 16) & 0x8000;
        if (magnitude >= FirstTooLarge) return sign | (magnitude > Infinity ? 0x7e00 | ((magnitude >> 13) & 0x3ff) : 0x7c00);

        // The last bit of 0.5 is the smallest half: adding rounds to it.
        if (magnitude < FirstNormal)
            return sign | (BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) + 0.5f) - 0x3f000000);
        return sign | ((magnitude - ExponentDifference + 0xfff + ((magnitude >> 13) & 1)) >> 13);
    }
}
