using EvsNative.Kernels;

namespace EvsNative.Models;

/// <summary>
/// What weights do to an encoded chunk z [77,T], as in A1111's web UI: z'[j] = w[j] z[j], and all of it times mean(z) / mean(z'), so that
/// the mean of all numbers stays. A chunk whose weights are all 1 is left as it is, to the bit. A mean below a hundredth of the root mean
/// square is an accident of rounding and training, not a level to be kept: then, and where the means differ in sign, that factor is 1.
/// </summary>
internal static class PromptWeights
{
    private const double LeastMean = 0.01;

    /// <summary>Weighs a chunk in place.</summary>
    /// <param name="d">the device</param>
    /// <param name="z">[1,1,77,T], float32</param>
    /// <param name="weights">one for each of the 77</param>
    public static void Apply(Device d, Tensor z, ReadOnlySpan<float> weights)
    {
        if (d.IsDry || !weights.ContainsAnyExcept(1f)) return;
        float[] values = d.Download(z);
        Apply(values, weights);
        d.Write(z, values);
    }

    /// <summary>The same on the host; sums are in float64.</summary>
    internal static void Apply(Span<float> values, ReadOnlySpan<float> weights)
    {
        int width = values.Length / weights.Length;
        double before = 0, after = 0, size = 0, newSize = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double old = values[i], weighed = old * weights[i / width];
            (before, after, size, newSize) = (before + old, after + weighed, size + (old * old), newSize + (weighed * weighed));
        }

        bool hasMean = IsMean(before, size, values.Length) && IsMean(after, newSize, values.Length) && before * after > 0;
        double scale = hasMean ? before / after : 1;
        for (int i = 0; i < values.Length; i++) values[i] = (float)(values[i] * (double)weights[i / width] * scale);
    }

    private static bool IsMean(double sum, double squares, int count) => Math.Abs(sum / count) >= LeastMean * Math.Sqrt(squares / count);
}
