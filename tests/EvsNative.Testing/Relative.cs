namespace EvsNative.Testing;

/// <summary>The one measure of the tests: ||got - wanted|| / ||wanted||. NaN and infinities count as infinite.</summary>
public static class Relative
{
    /// <summary>The error against double values.</summary>
    public static double Error(ReadOnlySpan<float> got, ReadOnlySpan<double> wanted)
    {
        if (got.Length != wanted.Length) throw new ArgumentException($"{got.Length} values against {wanted.Length}");
        double difference = 0, size = 0;
        for (int i = 0; i < got.Length; i++)
        {
            difference += (got[i] - wanted[i]) * (got[i] - wanted[i]);
            size += wanted[i] * wanted[i];
        }

        if (!double.IsFinite(difference) || !double.IsFinite(size)) return double.PositiveInfinity;
        return difference == 0 ? 0 : Math.Sqrt(difference / size);
    }

    /// <summary>The error against float values.</summary>
    public static double Error(ReadOnlySpan<float> got, ReadOnlySpan<float> wanted)
    {
        double[] doubles = new double[wanted.Length];
        for (int i = 0; i < doubles.Length; i++) doubles[i] = wanted[i];
        return Error(got, doubles);
    }
}
