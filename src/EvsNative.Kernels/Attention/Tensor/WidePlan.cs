using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// How attention of wide heads is cut. It looks at one sequence, never at how many there are: an image's numbers must not depend on its
/// company.
/// </summary>
/// <param name="Rows">queries whose scores are in memory at a time</param>
/// <param name="Pitch">numbers from one row of scores to the next</param>
internal readonly record struct WidePlan(int Rows, int Pitch)
{
    /// <summary>Heads up to here have forms that need no memory for scores.</summary>
    public const int MostNarrow = 160;

    private const int MostRows = 2048, RowMultiple = 128, Multiple = 16;
    private const long MostBytes = 96L << 20;

    /// <summary>Bytes of the scores.</summary>
    public long Bytes => (long)Rows * Pitch * sizeof(float);

    /// <summary>True if such a device can do it this way.</summary>
    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    public static bool Suits(GpuCaps caps, int headSize) =>
        caps.TensorCores == TensorGeneration.Ampere && headSize > MostNarrow && headSize % Multiple == 0
        && WideStage<WideSquare, WideKeys>.SharedBytes <= caps.OptInSharedBytes;

    /// <param name="queries">of a sequence</param>
    /// <param name="keys">of a sequence</param>
    public static WidePlan Of(int queries, int keys)
    {
        int pitch = (keys + Multiple - 1) / Multiple * Multiple;
        long rows = Math.Max(MostBytes / (pitch * sizeof(float)) / RowMultiple * RowMultiple, RowMultiple);
        return new WidePlan((int)Math.Min(Math.Min(rows, MostRows), queries), pitch);
    }
}
