using System.Numerics;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Bits cut off or filled up, integers to floats rounded to nearest.</summary>
internal readonly struct Convert<TIn, TOut> : IUnary<TIn, TOut>
    where TIn : unmanaged, INumber<TIn>
    where TOut : unmanaged, INumber<TOut>
{
    public static TOut Of(TIn a) => TOut.CreateTruncating(a);
}

/// <summary>To the nearest value that the type has: floats to integers, and integers with <c>.sat</c>. NaN becomes 0.</summary>
internal readonly struct ConvertSaturating<TIn, TOut> : IUnary<TIn, TOut>
    where TIn : unmanaged, INumber<TIn>
    where TOut : unmanaged, INumber<TOut>
{
    public static TOut Of(TIn a) => TIn.IsNaN(a) ? TOut.Zero : TOut.CreateSaturating(a);
}

/// <summary>A float with <c>.sat</c>: clamped to 0..1.</summary>
internal readonly struct ConvertClamping<TIn, TOut> : IUnary<TIn, TOut>
    where TIn : unmanaged, INumber<TIn>
    where TOut : unmanaged, INumber<TOut>
{
    public static TOut Of(TIn a) => TOut.CreateTruncating(Saturation.Clamp(a));
}

/// <summary>A float rounded to an integer before it is converted.</summary>
internal readonly struct Rounded<TIn, TOut, TRounding, TConversion> : IUnary<TIn, TOut>
    where TIn : unmanaged, IBinaryFloatingPointIeee754<TIn>
    where TRounding : struct, IFloatUnary
    where TConversion : struct, IUnary<TIn, TOut>
{
    public static TOut Of(TIn a) => TConversion.Of(TRounding.Of(a));
}

/// <summary>To the nearest integer, ties to even.</summary>
internal readonly struct ToNearest : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Round(a, MidpointRounding.ToEven);
}

/// <summary>Towards zero.</summary>
internal readonly struct TowardsZero : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Truncate(a);
}

/// <summary>Down.</summary>
internal readonly struct Down : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Floor(a);
}

/// <summary>Up.</summary>
internal readonly struct Up : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Ceiling(a);
}

/// <summary>A float to a bfloat16.</summary>
internal readonly struct ToBf16 : IUnary<float, ushort>
{
    public static ushort Of(float a) => (ushort)Lane.ToBf16(a);
}

/// <summary>A bfloat16 to a float.</summary>
internal readonly struct FromBf16 : IUnary<ushort, float>
{
    public static float Of(ushort a) => Lane.FromBf16(a);
}

/// <summary>The nearest float with 10 bits of mantissa, ties away from zero; the other bits become zero.</summary>
internal readonly struct ToTf32 : IUnary<uint, uint>
{
    public static uint Of(uint a)
    {
        const uint Dropped = 0x1fff, Half = 0x1000, Magnitude = 0x7fffffff, Infinity = 0x7f800000;
        if ((a & Magnitude) > Infinity) return Magnitude;
        return (a & Magnitude) == Infinity ? a : (a + Half) & ~Dropped;
    }
}

/// <summary>Two floats to two halves, the first above.</summary>
internal readonly struct ToHalves : IBinary<float, uint>
{
    public static uint Of(float a, float b) => (Lane.ToHalf(a) << 16) | Lane.ToHalf(b);
}

/// <summary>Two floats to two bfloat16, the first above.</summary>
internal readonly struct ToBf16Pair : IBinary<float, uint>
{
    public static uint Of(float a, float b) => (Lane.ToBf16(a) << 16) | Lane.ToBf16(b);
}
