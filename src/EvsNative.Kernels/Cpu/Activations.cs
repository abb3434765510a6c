using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>An activation as a compile-time choice: loops generic over it hold no branch.</summary>
internal interface IActivation
{
    static abstract Vector256<float> Of(Vector256<float> x);
}

internal readonly struct NoActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x) => x;
}

internal readonly struct SiluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x) => VectorMath.Silu(x);
}

internal readonly struct QuickGeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x) => VectorMath.QuickGelu(x);
}

internal readonly struct GeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x) => VectorMath.Gelu(x);
}
