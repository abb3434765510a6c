using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.PtxSim.Instructions;

/// <summary>How the registers of a warp hold the elements of the left and the right matrix of a product.</summary>
internal interface IMatrixElements
{
    /// <summary>Elements of a register, neighbours along the summed axis; the lowest bits come first.</summary>
    static abstract int PerRegister { get; }

    /// <summary>One of them, of eight lanes.</summary>
    static abstract Vector256<float> Of(Vector256<uint> registers, int part);
}

/// <summary>Two halves.</summary>
internal readonly struct HalfElements : IMatrixElements
{
    public static int PerRegister => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<uint> registers, int part)
    {
        // As Lane.FromHalf.
        var bits = part == 0 ? registers : registers >>> 16;
        var magnitude = bits & Vector256.Create(0x7fffu);
        var sign = (bits & Vector256.Create(0x8000u)) << 16;
        var value = ((magnitude << 13).AsSingle() * Vector256.Create(5.192296858534828e33f)).AsUInt32();
        var special = Vector256.GreaterThan(magnitude, Vector256.Create(0x7bffu)) & Vector256.Create(0x7f800000u);
        return (value | special | sign).AsSingle();
    }
}

/// <summary>Two bfloat16.</summary>
internal readonly struct Bf16Elements : IMatrixElements
{
    public static int PerRegister => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<uint> registers, int part) =>
        (part == 0 ? registers << 16 : registers & Vector256.Create(0xffff0000u)).AsSingle();
}

/// <summary>
/// A float of which 19 bits count: sign, exponent and 10 bits of the mantissa. The manual leaves the rest undefined; the hardware drops it,
/// which rounds towards zero, so that kernels round before (<c>cvt.rna.tf32.f32</c>).
/// </summary>
internal readonly struct Tf32Elements : IMatrixElements
{
    public static int PerRegister => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<uint> registers, int part) => (registers & Vector256.Create(0xffffe000u)).AsSingle();
}
