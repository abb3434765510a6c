using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Float32 numbers cut to 16 bits, eight at a time; those that fit are kept exactly. Infinities and NaN are not expected.
/// </summary>
internal static unsafe class Narrowing
{
    // The exponent of a float32 exceeds that of a binary16 by this.
    private const uint Bias = 112u << 23;

    private const float SmallestNormalHalf = 1f / 16384;

    public static void Cut(float* from, ushort* to, int count, WeightStorage storage)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8) Vector256.Narrow(Bits(Vector256.Load(from + i), storage), default).GetLower().Store(to + i);
        for (; i < count; i++) to[i] = (ushort)Bits(Vector256.CreateScalar(from[i]), storage).ToScalar();
    }

    private static Vector256<uint> Bits(Vector256<float> v, WeightStorage storage)
    {
        var bits = v.AsUInt32();
        if (storage == WeightStorage.BFloat16) return bits >> 16;

        // A subnormal half's mantissa stands in the right place once 2^-14 is added; that exponent is cut off again.
        var size = Vector256.Abs(v);
        var normal = (size.AsUInt32() - Vector256.Create(Bias)) >> 13;
        var subnormal = ((size + Vector256.Create(SmallestNormalHalf)).AsUInt32() >> 13) & Vector256.Create(0x3FFu);
        var isSubnormal = Vector256.LessThan(size, Vector256.Create(SmallestNormalHalf)).AsUInt32();
        return Vector256.ConditionalSelect(isSubnormal, subnormal, normal) | ((bits >> 16) & Vector256.Create(0x8000u));
    }
}
