using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.IR.Intrinsics;

namespace EvsNative.Kernels.Compile;

/// <summary>Single instructions for portable kernels: one of the GPU's own on CUDA, the same in C# elsewhere.</summary>
internal static class PtxIntrinsics
{
    /// <summary>Emits nothing, and stays where it is: what comes before it in a kernel stays before it.</summary>
    [IntrinsicImplementation, PtxAsm("")]
    public static void Pin() { }

    /// <summary>a b + c, rounded once on CUDA.</summary>
    [IntrinsicImplementation, PtxAsm("fma.rn.f32 $d0, $0, $1, $2;", Portable = nameof(PortableFma))]
    public static float Fma(float a, float b, float c) => PortableFma(a, b, c);

    /// <summary>1 / sqrt(x) within 2^-22.9.</summary>
    [IntrinsicImplementation, PtxAsm("rsqrt.approx.f32 $d0, $0;", Portable = nameof(PortableReciprocalSquareRoot))]
    public static float ReciprocalSquareRoot(float x) => PortableReciprocalSquareRoot(x);

    /// <summary>2^x within 2^-21 for x from -126 to 127; 0 below, 2^127 or more above, NaN for NaN.</summary>
    [IntrinsicImplementation, PtxAsm("ex2.approx.ftz.f32 $d0, $0;", Portable = nameof(PortableExp2))]
    public static float Exp2(float x) => PortableExp2(x);

    /// <summary>The value of a binary16; exact.</summary>
    [IntrinsicImplementation, PtxAsm("{\n.reg .b16 %half;\ncvt.u16.u32 %half, $0;\ncvt.f32.f16 $d0, %half;\n}",
        Portable = nameof(PortableWiden))]
    public static float WidenHalf(uint half) => PortableWiden(half);

    /// <summary>The nearest binary16, ties to even.</summary>
    [IntrinsicImplementation, PtxAsm("{\n.reg .b16 %half;\ncvt.rn.f16.f32 %half, $0;\ncvt.u32.u16 $d0, %half;\n}",
        Portable = nameof(PortableNarrow))]
    public static uint NarrowHalf(float value) => PortableNarrow(value);

    private static float PortableFma(float a, float b, float c) => (a * b) + c;

    private static float PortableReciprocalSquareRoot(float x) => XMath.Rsqrt(x);

    // x = n + r, |r| <= 1/2; 2^r is a polynomial. Plain arithmetic, so that compilers work on several threads of a group at once.
    private static float PortableExp2(float x)
    {
        const float rounder = 12582912;
        const uint infinity = 0x7f800000;
        float bounded = IntrinsicMath.Min(IntrinsicMath.Max(x, -126f), 127f), shifted = bounded + rounder,
            r = bounded - (shifted - rounder);
        float p = (((((((((0.00133813021f * r) + 0.00966636837f) * r) + 0.0555038117f) * r) + 0.240223497f) * r) + 0.693147182f) * r) + 1;
        float power = Interop.IntAsFloat(Interop.FloatAsInt(p) + (Interop.FloatAsInt(shifted) << 23));
        if (x < -126) power = 0;

        // The bounds are numbers even where x is none.
        return (Interop.FloatAsInt(x) & 0x7fffffff) > infinity ? x : power;
    }

    private static float PortableWiden(uint half) => HalfBits.Widen(half);

    private static uint PortableNarrow(float value) => HalfBits.Narrow(value);
}
