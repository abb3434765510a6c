using System.Numerics;

namespace EvsNative.PtxSim.Instructions;

/// <summary>A function of numbers for one type.</summary>
internal readonly struct ForNumbers<T, TOperation> : IBinary<T, T>
    where T : unmanaged, INumber<T>
    where TOperation : struct, INumberBinary
{
    public static T Of(T a, T b) => TOperation.Of(a, b);
}

/// <summary>A function of one number for one type.</summary>
internal readonly struct ForNumber<T, TOperation> : IUnary<T, T>
    where T : unmanaged, INumber<T>
    where TOperation : struct, INumberUnary
{
    public static T Of(T a) => TOperation.Of(a);
}

/// <summary>A function of a floating-point number for one type.</summary>
internal readonly struct ForFloat<T, TOperation> : IUnary<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TOperation : struct, IFloatUnary
{
    public static T Of(T a) => TOperation.Of(a);
}

/// <summary>A function of both halves of 32 bits.</summary>
internal readonly struct ForPair<TOperation> : IUnary<uint, uint>
    where TOperation : struct, IUnary<Half, Half>
{
    public static uint Of(uint a) =>
        (uint)Lane.From(TOperation.Of(Lane.To<Half>(a))) | ((uint)Lane.From(TOperation.Of(Lane.To<Half>(a >> 16))) << 16);
}

/// <summary>A function of two pairs of halves.</summary>
internal readonly struct ForPairs<TOperation> : IBinary<uint, uint>
    where TOperation : struct, IBinary<Half, Half>
{
    public static uint Of(uint a, uint b) =>
        (uint)Lane.From(TOperation.Of(Lane.To<Half>(a), Lane.To<Half>(b)))
        | ((uint)Lane.From(TOperation.Of(Lane.To<Half>(a >> 16), Lane.To<Half>(b >> 16))) << 16);
}

/// <summary>A function of three pairs of halves.</summary>
internal readonly struct ForPairsOfThree<TOperation> : ITernary<uint, uint>
    where TOperation : struct, ITernary<Half, Half>
{
    public static uint Of(uint a, uint b, uint c) =>
        (uint)Lane.From(TOperation.Of(Lane.To<Half>(a), Lane.To<Half>(b), Lane.To<Half>(c)))
        | ((uint)Lane.From(TOperation.Of(Lane.To<Half>(a >> 16), Lane.To<Half>(b >> 16), Lane.To<Half>(c >> 16))) << 16);
}

/// <summary>The result clamped to 0..1, NaN to 0 (<c>.sat</c>).</summary>
internal readonly struct Saturated<TOperation> : IBinary<float, float>
    where TOperation : struct, IBinary<float, float>
{
    public static float Of(float a, float b) => Saturation.Clamp(TOperation.Of(a, b));
}

/// <summary>The result of three clamped to 0..1, NaN to 0 (<c>.sat</c>).</summary>
internal readonly struct SaturatedOfThree<TOperation> : ITernary<float, float>
    where TOperation : struct, ITernary<float, float>
{
    public static float Of(float a, float b, float c) => Saturation.Clamp(TOperation.Of(a, b, c));
}

/// <summary>Subnormal numbers in and out become zeros of their sign (<c>.ftz</c>).</summary>
internal readonly struct Flushed<TOperation> : IUnary<float, float>
    where TOperation : struct, IUnary<float, float>
{
    public static float Of(float a) => Flushing.Zero(TOperation.Of(Flushing.Zero(a)));
}

/// <summary>The same for two numbers.</summary>
internal readonly struct FlushedOfTwo<TOperation> : IBinary<float, float>
    where TOperation : struct, IBinary<float, float>
{
    public static float Of(float a, float b) => Flushing.Zero(TOperation.Of(Flushing.Zero(a), Flushing.Zero(b)));
}

/// <summary>The same for three numbers.</summary>
internal readonly struct FlushedOfThree<TOperation> : ITernary<float, float>
    where TOperation : struct, ITernary<float, float>
{
    public static float Of(float a, float b, float c) =>
        Flushing.Zero(TOperation.Of(Flushing.Zero(a), Flushing.Zero(b), Flushing.Zero(c)));
}

/// <summary>What <c>.ftz</c> does to floats.</summary>
internal static class Flushing
{
    public static float Zero(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;
}

/// <summary>What <c>.sat</c> does to floats.</summary>
internal static class Saturation
{
    public static T Clamp<T>(T value)
        where T : INumber<T> => value > T.Zero ? T.Min(value, T.One) : T.Zero;
}
