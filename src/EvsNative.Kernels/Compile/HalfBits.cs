using ILGPU;

namespace EvsNative.Kernels.Compile;

/// <summary>binary16 by integer arithmetic, for devices without it. Exact both ways; NaN stays NaN.</summary>
internal static class HalfBits
{
    private const uint ExponentShift = 112u << 23;
    private const uint Infinity = 0x7c00;
    private const float SmallestSubnormal = 1f / (1 << 24);

    /// <summary>The value of 16 bits.</summary>
    public static float Widen(uint half)
    {
        uint sign = (half & 0x8000) << 16, body = half & 0x7fff;
        uint bits = (body << 13) + (body >= Infinity ? 2 * ExponentShift : ExponentShift);
        if (body < 0x400) bits = Interop.FloatAsInt((int)body * SmallestSubnormal);
        return Interop.IntAsFloat(bits | sign);
    }

    /// <summary>The nearest 16 bits, ties to even.</summary>
    public static uint Narrow(float value)
    {
        uint bits = Interop.FloatAsInt(value), sign = (bits >> 16) & 0x8000, body = bits & 0x7fffffff;
        uint half = (body - ExponentShift + 0xfff + ((body >> 13) & 1)) >> 13;

        // Adding a half aligns a small number's bits with those of a subnormal, and rounds it.
        if (body < 0x38800000) half = Interop.FloatAsInt(Interop.IntAsFloat(body) + 0.5f) - 0x3f000000;
        if (body >= 0x47800000) half = body > 0x7f800000 ? 0x7e00 : Infinity;
        return sign | half;
    }
}
