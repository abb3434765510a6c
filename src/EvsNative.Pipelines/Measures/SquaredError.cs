namespace EvsNative.Pipelines.Measures;

/// <summary>How far bytes are from those that they should be.</summary>
internal static class SquaredError
{
    /// <summary>Sum of (a - b)² over bytes, of as many in both; exact.</summary>
    public static long Of(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            int difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>The peak signal to noise ratio in dB; infinite where there is no error.</summary>
    /// <param name="sum">of squares</param>
    /// <param name="bytes">how many were compared</param>
    public static double Decibel(long sum, long bytes) => 10 * Math.Log10(255.0 * 255.0 / ((double)sum / bytes));
}
