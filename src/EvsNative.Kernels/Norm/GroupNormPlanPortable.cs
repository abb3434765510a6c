using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

/// <summary>How a group norm is cut for a GPU: chunks of an image's pixels and blocks of its channels, and the temporary memory that these take.</summary>
/// <param name="Lanes">channels of a block, a power of two: neighbouring threads have neighbouring channels</param>
/// <param name="Chunk">pixels of a chunk</param>
/// <param name="Chunks">chunks of an image</param>
internal readonly record struct GroupNormPlanPortable(int Lanes, int Chunk, int Chunks)
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    // Groups that keep a multiprocessor busy while others wait for memory.
    private const int GroupsEach = 16;

    // A sum has no more terms than this: float32 then loses little.
    private const int MostPerThread = 256;
    private const int LeastPerThread = 4;

    /// <summary>Pixels that a group reads at a time.</summary>
    public int Rows => Threads / Lanes;

    public static GroupNormPlanPortable For(GpuCaps caps, Shape y)
    {
        int lanes = y.C <= 32 ? 32 : 64, rows = Threads / lanes;
        long others = (long)y.N * ((y.C + lanes - 1) / lanes), wanted = ((long)caps.Multiprocessors * GroupsEach / others) + 1;
        int chunk = (int)Math.Clamp((y.Pixels + wanted - 1) / wanted, LeastPerThread * rows, MostPerThread * rows);
        return new GroupNormPlanPortable(lanes, chunk, (y.Pixels + chunk - 1) / chunk);
    }

    /// <summary>Groups of a pass over an input of this many channels.</summary>
    public Groups Groups(int images, int channels) => new(checked(images * Chunks), (channels + Lanes - 1) / Lanes);

    /// <summary>Mean and squared deviations of every image, chunk and channel.</summary>
    public Shape Moments(Shape y) => new(y.N, Chunks, 2, y.C);

    /// <summary>Pivot, scale and shift of every image and channel.</summary>
    public static Shape Scales(Shape y) => new(y.N, 1, 3, y.C);
}
