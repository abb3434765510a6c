namespace EvsNative.Models.Tests.Sampling;

/// <summary>The toy networks of the specification: one number in, one number out.</summary>
internal static class Toy
{
    public const double Guidance = 7.5;

    public static double ImagePositive(double z, int t) => (0.30 * z) + (0.0005 * t) - 0.05;

    public static double ImageNegative(double z, int t) => (0.28 * z) + (0.0004 * t) - 0.02;

    public static double Video(double z, int t) => (0.40 * z) - (0.0003 * t) + 0.10;
}
