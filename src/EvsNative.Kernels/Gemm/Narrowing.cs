using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// Float32 numbers rounded to 16 bits, eight at a time: to the nearest, ties to even, so that many of them keep their mean. What fits is
/// kept exactly, subnormals included; what is too large becomes infinite, NaN stays NaN.
/// </summary>
internal static unsafe class Narrowing
{
    // The exponent of a float32 exceeds that of a binary16 by this.
    private const uint Bias = 112u << 23;

    // As bits of a float32: the smallest normal binary16, the first number above the largest, infinity.
    private const int SmallestNormal = 113 << 23, TooLarge = 143 << 23, Infinite = 255 << 23;

    public static void Round(float* from, ushort* to, int count, WeightStorage storage)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8) Vector256.Narrow(Bits(Vector256.Load(from + i), storage), default).GetLower().Store(to + i);
        for (; i < count; i++) to[i] = (ushort)Bits(Vector256.CreateScalar(from[i]), storage).ToScalar();
    }

    /// <summary>True if all of them are finite as binary16; NaN is not.</summary>
    public static bool FitHalf(float* from, int count)
    {
        var most = Vector256.Create((float)Half.MaxValue);
        int i = 0;
        for (; i + 8 <= count; i += 8)
            if (!Vector256.LessThanOrEqualAll(Vector256.Abs(Vector256.Load(from + i)), most)) return false;
        for (; i < count; i++)
            if (!(MathF.Abs(from[i]) <= (float)Half.MaxValue)) return false;
        return true;
    }

    private static Vector256<uint> Bits(Vector256<float> v, WeightStorage storage) =>
        storage == WeightStorage.BFloat16 ? Brains(v.AsUInt32()) : Halves(v.AsUInt32());

    private static Vector256<uint> Halves(Vector256<uint> bits)
    {
        var size = bits & Vector256.Create(0x7FFFFFFFu);

        // A carry out of the mantissa is the next exponent, and out of the largest number infinity.
        var half = Nearest(size - Vector256.Create(Bias), 13);

        // Adding a half aligns a small number's bits with those of a subnormal, and rounds it.
        var aligned = (size.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0.5f).AsUInt32();
        half = Vector256.ConditionalSelect(Vector256.LessThan(size.AsInt32(), Vector256.Create(SmallestNormal)).AsUInt32(), aligned, half);
        half = Vector256.ConditionalSelect(AtLeast(size, TooLarge), Vector256.Create(0x7C00u), half);
        half = Vector256.ConditionalSelect(AtLeast(size, Infinite + 1), Vector256.Create(0x7E00u), half);
        return half | ((bits >> 16) & Vector256.Create(0x8000u));
    }

    private static Vector256<uint> Brains(Vector256<uint> bits)
    {
        // A NaN whose bits are all in the lower half would become an infinity.
        var isNaN = AtLeast(bits & Vector256.Create(0x7FFFFFFFu), Infinite + 1);
        return Vector256.ConditionalSelect(isNaN, (bits >> 16) | Vector256.Create(0x40u), Nearest(bits, 16));
    }

    /// <summary>Bits above the lowest ones, of which more than half, or half of an odd number, count as one more.</summary>
    private static Vector256<uint> Nearest(Vector256<uint> bits, int lowest) =>
        (bits + Vector256.Create((1u << (lowest - 1)) - 1) + ((bits >> lowest) & Vector256<uint>.One)) >> lowest;

    private static Vector256<uint> AtLeast(Vector256<uint> size, int least) =>
        Vector256.GreaterThanOrEqual(size.AsInt32(), Vector256.Create(least)).AsUInt32();
}
