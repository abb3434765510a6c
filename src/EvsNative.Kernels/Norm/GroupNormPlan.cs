namespace EvsNative.Kernels.Norm;

/// <summary>How a group norm is cut, by shape alone: chunks of pixels for the sums, and the working memory that these take.</summary>
internal static class GroupNormPlan
{
    private const int ChunkElements = 32768;
    private const int MostPixels = 256;

    // Channels of a cache line. A slice of them is read and written by one thread alone.
    private const int LineChannels = 16;

    // A slice of an image is read twice; the second time it comes from the second cache.
    private const long SliceBytes = 3L << 19;

    /// <summary>Sums and squares of every image, chunk and channel.</summary>
    public static Shape Sums(Shape y) => new(y.N, Chunks(y), 2, y.C);

    /// <summary>Pivot, scale and shift of every image and channel.</summary>
    public static Shape Scales(Shape y) => new(y.N, 1, 3, y.C);

    /// <summary>Pixels of a chunk.</summary>
    public static int Chunk(Shape y) => Math.Clamp(ChunkElements / y.C, 1, MostPixels);

    /// <summary>Chunks of an image.</summary>
    public static int Chunks(Shape y) => (y.Pixels + Chunk(y) - 1) / Chunk(y);

    /// <summary>
    /// Groups of a slice of channels that fits the second cache, or 0 where none does or where there would be less than one for each thread.
    /// A slice holds whole cache lines.
    /// </summary>
    public static int GroupsPerSlice(Shape y, int groups, int threads)
    {
        int width = y.C / groups, least = Math.Min(groups, LineChannels / Math.Min(LineChannels, width & -width));
        long fit = SliceBytes / (sizeof(float) * (long)y.Pixels * width), shared = (long)y.N * groups / (2L * threads);
        if (fit < least || (long)y.N * groups < (long)least * threads) return 0;
        return (int)Math.Clamp(Math.Min(fit, shared) / least * least, least, groups);
    }
}
