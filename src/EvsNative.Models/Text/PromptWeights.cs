using EvsNative.Kernels;

namespace EvsNative.Models;

/// <summary>
/// What weights do to an encoded chunk z [77,T], as in A1111's web UI: z'[j] = w[j] z[j], and all of it times mean(z) / mean(z'), so that
/// the mean of all numbers stays. A chunk whose weights are all 1 is left as it is, to the bit; where the two means differ in sign, or
/// one is 0, the last factor is 1.
/// </summary>
internal static class PromptWeights
{
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
        double before = 0, after = 0;
        for (int i = 0; i < values.Length; i++)
        {
            before += values[i];
            after += (double)values[i] * weights[i / width];
        }

        double scale = before / after;
        if (!double.IsFinite(scale) || scale <= 0) scale = 1;
        for (int i = 0; i < values.Length; i++) values[i] = (float)(values[i] * (double)weights[i / width] * scale);
    }
}
