namespace EvsNative.Kernels.Norm;

/// <summary>How a group norm is cut, by shape alone: chunks of pixels for the sums, and the working memory that these take.</summary>
internal static class GroupNormPlan
{
    private const int ChunkElements = 32768;
    private const int MostPixels = 256;

    /// <summary>Origin, sum and squares of every image, chunk and channel.</summary>
    public static Shape Sums(Shape y) => new(y.N, Chunks(y), 3, y.C);

    /// <summary>Mean, scale and shift of every image and channel.</summary>
    public static Shape Scales(Shape y) => new(y.N, 1, 3, y.C);

    /// <summary>Pixels of a chunk.</summary>
    public static int Chunk(Shape y) => Math.Clamp(ChunkElements / y.C, 1, MostPixels);

    /// <summary>Chunks of an image.</summary>
    public static int Chunks(Shape y) => (y.Pixels + Chunk(y) - 1) / Chunk(y);
}
