using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

/// <summary>Which channels and pixels the threads of a group have: a compile-time policy.</summary>
internal interface IGroupNormTile
{
    /// <summary>Channels: neighbouring threads have neighbouring ones.</summary>
    static abstract int Lanes { get; }

    /// <summary>Pixels at a time.</summary>
    static abstract int Rows { get; }

    /// <summary>Pixels that a thread normalises.</summary>
    static abstract int PerThread { get; }
}

/// <summary>For GPUs: a group large enough to hide its waiting.</summary>
internal readonly struct WideGroupNormTile : IGroupNormTile
{
    public static int Lanes => 64;

    public static int Rows => 4;

    public static int PerThread => 8;
}

/// <summary>For processors, where the threads of a group are a loop: one that walks along memory, so that it becomes vectors.</summary>
internal readonly struct LineGroupNormTile : IGroupNormTile
{
    public static int Lanes => 64;

    public static int Rows => 1;

    public static int PerThread => 1;
}

/// <summary>
/// How a group norm is cut for a GPU: chunks of an image's pixels and blocks of its channels for the moments, steps of pixels to normalise,
/// and the temporary memory that these take. The number of images is not asked: a frame's numbers must not depend on how many are worked on
/// at a time.
/// </summary>
/// <param name="Tile">the policy</param>
/// <param name="Lanes">its channels</param>
/// <param name="Rows">its pixels</param>
/// <param name="Chunk">pixels of a chunk</param>
/// <param name="Chunks">chunks of an image</param>
/// <param name="Step">pixels that a group normalises</param>
/// <param name="Steps">groups that normalise an image's pixels</param>
internal readonly record struct GroupNormPlanPortable(Type Tile, int Lanes, int Rows, int Chunk, int Chunks, int Step, int Steps)
{
    // Groups that keep a multiprocessor busy while others wait for memory.
    private const int GroupsEach = 16;

    // Frames that are usually seen together.
    private const int UsualImages = 8;

    // A sum has no more terms than this: float32 then loses little, even where the first term, the chunk's pivot, is an outlier.
    private const int MostPerThread = 64;
    private const int LeastPerThread = 16;

    /// <summary>Threads of a group.</summary>
    public int Threads => Lanes * Rows;

    public static GroupNormPlanPortable For(GpuCaps caps, Shape y) =>
        caps.IsProcessor ? For<LineGroupNormTile>(caps, y) : For<WideGroupNormTile>(caps, y);

    /// <summary>Groups of the moments' pass over an input of this many channels.</summary>
    public Groups MomentGroups(int images, int channels) => new(Chunks, Blocks(channels), images);

    /// <summary>Groups of the pass that normalises an input of this many channels.</summary>
    public Groups StepGroups(int images, int channels) => new(Steps, Blocks(channels), images);

    /// <summary>Mean and squared deviations of every image, chunk and channel.</summary>
    public Shape Moments(Shape y) => new(y.N, Chunks, 2, y.C);

    /// <summary>Pivot, scale and shift of every image and channel.</summary>
    public static Shape Scales(Shape y) => new(y.N, 1, 3, y.C);

    private static GroupNormPlanPortable For<TTile>(GpuCaps caps, Shape y) where TTile : IGroupNormTile
    {
        int blocks = (y.C + TTile.Lanes - 1) / TTile.Lanes;
        long wanted = ((long)caps.Multiprocessors * GroupsEach / ((long)UsualImages * blocks)) + 1;
        int chunk = (int)Math.Clamp((y.Pixels + wanted - 1) / wanted, LeastPerThread * TTile.Rows, MostPerThread * TTile.Rows);
        int step = TTile.PerThread * TTile.Rows;
        return new GroupNormPlanPortable(
            typeof(TTile), TTile.Lanes, TTile.Rows, chunk, (y.Pixels + chunk - 1) / chunk, step, (y.Pixels + step - 1) / step);
    }

    private int Blocks(int channels) => (channels + Lanes - 1) / Lanes;
}
