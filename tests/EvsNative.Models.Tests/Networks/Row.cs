namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// A row of a printed table: mean, rms, and the values at flat indices 0, 1, 2, 3, n/2, n/2 + 1, n - 2, n - 1, to five decimals.
/// </summary>
internal sealed record Row(double Mean, double Rms, params double[] Values)
{
    private const double Tolerance = 2e-4;

    /// <summary>Compares the whole tensor in the reference's layout; a mean that is NaN was not printed.</summary>
    public void Check(float[] got)
    {
        int n = got.Length;
        int[] at = [0, 1, 2, 3, n / 2, (n / 2) + 1, n - 2, n - 1];
        Assert.All(Values.Zip(at), pair => Assert.Equal(pair.First, got[pair.Second], Tolerance));
        Assert.Equal(Rms, Math.Sqrt(got.Average(v => (double)v * v)), Tolerance);
        if (!double.IsNaN(Mean)) Assert.Equal(Mean, got.Average(v => (double)v), Tolerance);
    }
}
