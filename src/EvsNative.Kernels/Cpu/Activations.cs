using System.Runtime.CompilerServices;

namespace EvsNative.Kernels.Cpu;

/// <summary>An activation as a compile-time choice: loops generic over it hold no branch.</summary>
internal interface IActivation
{
    static abstract TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct;
}

internal readonly struct NoActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct => x;
}

internal readonly struct SiluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.Silu(x);
}

internal readonly struct QuickGeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.QuickGelu(x);
}

internal readonly struct GeluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.Gelu(x);
}

internal readonly struct ReluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.Relu(x);
}

internal readonly struct GeluTanhActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.GeluTanh(x);
}

internal readonly struct SigmoidActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector x) where TSimd : ISimd<TVector> where TVector : struct =>
        VectorMath<TSimd, TVector>.Sigmoid(x);
}
