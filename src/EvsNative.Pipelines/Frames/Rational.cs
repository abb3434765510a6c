using System.Globalization;
using System.Numerics;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// An exact positive ratio in lowest terms: 30000/1001 frames a second stays 30000/1001. The default value is not a ratio.
/// </summary>
public readonly record struct Rational : IComparable<Rational>
{
    /// <summary>Reduces the ratio.</summary>
    /// <exception cref="ArgumentOutOfRangeException">one of the two is not positive</exception>
    public Rational(int numerator, int denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numerator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        int divisor = (int)BigInteger.GreatestCommonDivisor(numerator, denominator);
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    /// <summary>1/1.</summary>
    public static Rational One { get; } = new(1, 1);

    /// <summary>Above the line.</summary>
    public int Numerator { get; }

    /// <summary>Below the line.</summary>
    public int Denominator { get; }

    /// <summary>The quotient.</summary>
    public double Value => (double)Numerator / Denominator;

    /// <summary>Reads "30000/1001", "4:3" or "8"; null for anything else, zero and "0/0" included.</summary>
    public static Rational? Parse(string? text)
    {
        string[] parts = (text ?? "").Split('/', ':');
        return parts.Length <= 2 && Whole(parts[0], out int numerator) && Whole(parts.Length == 2 ? parts[1] : "1", out int denominator)
            ? new Rational(numerator, denominator)
            : null;
    }

    /// <summary>1/this.</summary>
    public Rational Inverse() => new(Denominator, Numerator);

    /// <inheritdoc/>
    public int CompareTo(Rational other) => ((long)Numerator * other.Denominator).CompareTo((long)other.Numerator * Denominator);

    /// <summary>"30000/1001", or "8" where the denominator is one: what ffmpeg accepts.</summary>
    public override string ToString() => Denominator == 1 ? $"{Numerator}" : $"{Numerator}/{Denominator}";

    /// <summary>For people: "29.97", "8".</summary>
    public string ToDecimal() => Value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Smaller.</summary>
    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    /// <summary>Larger.</summary>
    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    /// <summary>Smaller or equal.</summary>
    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    /// <summary>Larger or equal.</summary>
    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    private static bool Whole(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
