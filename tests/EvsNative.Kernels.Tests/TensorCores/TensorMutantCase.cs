namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A call of a kernel for tensor cores, and what it should give.</summary>
/// <param name="Run">calls it and reads the result, which is full of NaN before</param>
/// <param name="Wanted">by definition, in float64</param>
internal sealed record TensorMutantCase(Func<float[]> Run, double[] Wanted)
{
    private const double Tolerance = 3e-3;

    /// <summary>
    /// True if every number is right: it differs by less than the tolerance's part of its own size and of the numbers' root mean square.
    /// What should not be finite is not.
    /// </summary>
    public bool IsRight()
    {
        float[] got = Run();
        double size = Math.Sqrt(Wanted.Where(double.IsFinite).Average(value => value * value));
        for (int i = 0; i < got.Length; i++)
        {
            if (!double.IsFinite(Wanted[i]) && !float.IsFinite(got[i])) continue;

            // NaN is not less than anything.
            if (!(Math.Abs(got[i] - Wanted[i]) < Tolerance * (size + Math.Abs(Wanted[i])))) return false;
        }

        return got.Length == Wanted.Length;
    }
}
