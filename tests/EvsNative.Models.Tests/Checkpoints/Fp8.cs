using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// Numbers of 8 bits by their definition (Open Compute Project, OFP8, 2023), written apart from the product's reader: E4M3 with a bias of
/// 7, its largest number 448; E5M2 with a bias of 15, its largest 57344.
/// </summary>
internal static class Fp8
{
    private static readonly Dictionary<StoredType, double[]> Magnitudes = new()
    {
        [StoredType.F8E4M3] = [.. Enumerable.Range(0, 127).Select(bits => Magnitude(bits, mantissaBits: 3, bias: 7))],
        [StoredType.F8E5M2] = [.. Enumerable.Range(0, 124).Select(bits => Magnitude(bits, mantissaBits: 2, bias: 15))],
    };

    /// <summary>The byte of the nearest number of a type.</summary>
    public static byte Bits(StoredType type, float value)
    {
        double[] all = Magnitudes[type];
        double wanted = Math.Abs((double)value);
        int above = Array.BinarySearch(all, wanted);
        if (above < 0) above = Math.Min(~above, all.Length - 1);
        int nearest = above > 0 && wanted - all[above - 1] < all[above] - wanted ? above - 1 : above;
        return (byte)(nearest | (value < 0 ? 0x80 : 0));
    }

    /// <summary>Numbers rounded to those that a type has.</summary>
    public static float[] Rounded(StoredType type, float[] values) => Array.ConvertAll(values, value =>
    {
        byte bits = Bits(type, value);
        double magnitude = Magnitudes[type][bits & 0x7F];
        return (float)(bits >= 0x80 ? -magnitude : magnitude);
    });

    private static double Magnitude(int bits, int mantissaBits, int bias)
    {
        int exponent = bits >> mantissaBits, mantissa = bits & ((1 << mantissaBits) - 1);
        double fraction = mantissa / (double)(1 << mantissaBits);
        return exponent == 0 ? Math.ScaleB(fraction, 1 - bias) : Math.ScaleB(1 + fraction, exponent - bias);
    }
}
