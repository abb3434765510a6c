using System.Numerics;

namespace EvsNative.PtxSim.Instructions;

/// <summary>A function of two numbers of any type.</summary>
internal interface INumberBinary
{
    static abstract T Of<T>(T a, T b)
        where T : unmanaged, INumber<T>;
}

/// <summary>A function of one number of any type.</summary>
internal interface INumberUnary
{
    static abstract T Of<T>(T a)
        where T : unmanaged, INumber<T>;
}

/// <summary>A function of one floating-point number.</summary>
internal interface IFloatUnary
{
    static abstract T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>a + b.</summary>
internal readonly struct Add : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a + b;
}

/// <summary>a - b.</summary>
internal readonly struct Subtract : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a - b;
}

/// <summary>a * b, of integers the lower half.</summary>
internal readonly struct Multiply : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => a * b;
}

/// <summary>a / b, rounded to nearest; of integers towards zero, and all ones for b = 0, as devices give it.</summary>
internal readonly struct Divide : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half)) return a / b;
        if (T.IsZero(b)) return T.Zero - T.One;

        // The smallest number over -1 is itself, where the processor would trap.
        return T.IsZero(b + T.One) && b < T.Zero ? T.Zero - a : a / b;
    }
}

/// <summary>The rest of a / b with the sign of a; a for b = 0.</summary>
internal readonly struct Remainder : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T>
    {
        if (T.IsZero(b)) return a;
        return T.IsZero(b + T.One) && b < T.Zero ? T.Zero : a % b;
    }
}

/// <summary>The smaller one; the number if the other one is NaN.</summary>
internal readonly struct Minimum : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => T.MinNumber(a, b);
}

/// <summary>The larger one; the number if the other one is NaN.</summary>
internal readonly struct Maximum : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => T.MaxNumber(a, b);
}

/// <summary>The smaller one, or NaN.</summary>
internal readonly struct MinimumOrNaN : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => T.Min(a, b);
}

/// <summary>The larger one, or NaN.</summary>
internal readonly struct MaximumOrNaN : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => T.Max(a, b);
}

/// <summary>The size of the first with the sign of the second.</summary>
internal readonly struct SizeWithSign : INumberBinary
{
    public static T Of<T>(T a, T b)
        where T : unmanaged, INumber<T> => T.CopySign(a, b);
}

/// <summary>-a.</summary>
internal readonly struct Negate : INumberUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, INumber<T> => -a;
}

/// <summary>|a|; the smallest integer stays.</summary>
internal readonly struct Absolute : INumberUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, INumber<T> => T.IsNegative(a) ? -a : a;
}

/// <summary>Square root.</summary>
internal readonly struct Root : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Sqrt(a);
}

/// <summary>1 / square root.</summary>
internal readonly struct ReciprocalRoot : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(1 / Math.Sqrt(double.CreateTruncating(a)));
}

/// <summary>1 / a.</summary>
internal readonly struct Reciprocal : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.One / a;
}

/// <summary>2 to the a.</summary>
internal readonly struct PowerOfTwo : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double value = double.CreateTruncating(a);
        return T.CreateTruncating(typeof(T) == typeof(double) || !(Math.Abs(value) < 1000) ? Math.Pow(2, value) : Power(value));
    }

    /// <summary>Good to a few units in the last place of a double, which no narrower type sees; exact for integers.</summary>
    private static double Power(double value)
    {
        const double NaturalLogarithmOfTwo = 0.6931471805599453;
        double whole = Math.Round(value);
        return Math.Exp((value - whole) * NaturalLogarithmOfTwo) * BitConverter.Int64BitsToDouble((1023 + (long)whole) << 52);
    }
}

/// <summary>Logarithm to base 2.</summary>
internal readonly struct BinaryLogarithm : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(Math.Log2(double.CreateTruncating(a)));
}

/// <summary>Sine.</summary>
internal readonly struct Sine : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(Math.Sin(double.CreateTruncating(a)));
}

/// <summary>Cosine.</summary>
internal readonly struct Cosine : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(Math.Cos(double.CreateTruncating(a)));
}

/// <summary>Hyperbolic tangent.</summary>
internal readonly struct HyperbolicTangent : IFloatUnary
{
    public static T Of<T>(T a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(Math.Tanh(double.CreateTruncating(a)));
}

/// <summary>a * b + c, rounded once.</summary>
internal readonly struct MultiplyAdd<T> : ITernary<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static T Of(T a, T b, T c)
    {
        if (typeof(T) != typeof(Half)) return T.FusedMultiplyAdd(a, b, c);

        // The product of halves is exact in double, and the sum has bits to spare.
        return T.CreateTruncating((double.CreateTruncating(a) * double.CreateTruncating(b)) + double.CreateTruncating(c));
    }
}
