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

    /// <summary>The most queries whose scores are in memory at a time.</summary>
    public const int MostRows = 2048;

    private const int RowMultiple = 128, Multiple = 16;
    private const long MostBytes = 96L << 20;

    /// <summary>Bytes of the scores.</summary>
    public long ScoreBytes => (long)Rows * Pitch * sizeof(float);

    /// <summary>
    /// Bytes of global memory that a call reads and writes: a tile's rows and columns for each tile, scores written once and read twice by
    /// the softmax and once for each tile of the result.
    /// </summary>
    /// <param name="call">what the plan is for</param>
    public long Bytes(in AttentionCall call)
    {
        Shape s = call.Q.Shape, t = call.K.Shape;
        int size = s.C / call.Options.Heads;
        long bytes = 0;
        for (int first = 0; first < s.Pixels; first += Rows)
        {
            long rows = Math.Min(Rows, s.Pixels - first), row = size * sizeof(float), scores = rows * Pitch * sizeof(float);
            long products = (rows * row * Divided(Pitch, WideStage<WideSquare, WideKeys>.Columns))
                + (t.Pixels * row * Divided((int)rows, WideStage<WideSquare, WideKeys>.Rows));
            long result = (scores * Divided(size, WideStage<WideLow, WideValues>.Columns))
                + (t.Pixels * row * Divided((int)rows, WideStage<WideLow, WideValues>.Rows)) + (rows * row);
            bytes += products + scores + (3 * scores) + result;
        }

        return bytes * s.N * call.Options.Heads;
    }

    /// <summary>True if such a device can do it this way.</summary>
    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    public static bool Suits(GpuCaps caps, int headSize) =>
        caps.TensorCores == TensorGeneration.Ampere && headSize > MostNarrow && headSize % Multiple == 0
        && WideStage<WideSquare, WideKeys>.SharedBytes <= caps.OptInSharedBytes;

    /// <param name="queries">of a sequence</param>
    /// <param name="keys">of a sequence</param>
    /// <param name="mostRows">the most queries at a time</param>
    public static WidePlan Of(int queries, int keys, int mostRows = MostRows)
    {
        int pitch = (keys + Multiple - 1) / Multiple * Multiple;
        long rows = Math.Max(MostBytes / (pitch * sizeof(float)) / RowMultiple * RowMultiple, RowMultiple);
        return new WidePlan((int)Math.Min(Math.Min(rows, mostRows), queries), pitch);
    }

    private static int Divided(int count, int size) => (count + size - 1) / size;
}
