using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

/// <summary>Which channels and pixels the threads of a group have: a compile-time policy.</summary>
internal interface IGroupNormTile
{
    /// <summary>Channels: neighbouring threads have neighbouring ones, as many to a thread as it moves at once.</summary>
    static abstract int Channels { get; }

    /// <summary>Threads of a group, a multiple of the channels; those that the channels leave have further pixels.</summary>
    static abstract int Threads { get; }

    /// <summary>
    /// Pixels that a thread reads for the moments before it uses the first: bytes under way, for which registers are spent.
    /// </summary>
    static abstract int InFlight { get; }

    /// <summary>Numbers that a thread normalises, of one pixel at least: as many as few registers hold beside scale and shift.</summary>
    static abstract int PerThread { get; }
}

/// <summary>For GPUs: a group large enough to hide its waiting. 64 divides the channels of all networks.</summary>
internal readonly struct WideGroupNormTile : IGroupNormTile
{
    public static int Channels => 64;

    public static int Threads => 256;

    public static int InFlight => 4;

    public static int PerThread => 16;
}

/// <summary>For processors, where the threads of a group are a loop: one that walks along memory, so that it becomes vectors.</summary>
internal readonly struct LineGroupNormTile : IGroupNormTile
{
    public static int Channels => 64;

    public static int Threads => 64;

    public static int InFlight => 1;

    public static int PerThread => 1;
}

/// <summary>
/// How a group norm is cut for a GPU: chunks of an image's pixels and blocks of its channels for the moments, steps of pixels to normalise,
/// and the temporary memory that these take. The number of images is not asked: a frame's numbers must not depend on how many are worked on
/// at a time.
/// </summary>
/// <param name="Tile">the policy</param>
/// <param name="Width">channels that a thread moves at once</param>
/// <param name="Threads">of a group</param>
/// <param name="Channels">of a group</param>
/// <param name="Rows">pixels of a group at a time</param>
/// <param name="Chunk">pixels of a chunk</param>
/// <param name="Chunks">chunks of an image</param>
/// <param name="Step">pixels that a group normalises</param>
/// <param name="Steps">groups that normalise an image's pixels</param>
internal readonly record struct GroupNormPlanPortable(
    Type Tile, int Width, int Threads, int Channels, int Rows, int Chunk, int Chunks, int Step, int Steps)
{
    // Groups that keep a multiprocessor busy while others wait for memory.
    private const int GroupsEach = 16;

    // Frames that are usually seen together.
    private const int UsualImages = 8;

    // A sum has no more terms than this: float32 then loses little, even where the first term, the chunk's pivot, is an outlier.
    private const int MostPerThread = 64;

    // Pixels of the smallest chunk: its moments are a small part of what was read for them.
    private const int LeastChunk = 64;

    /// <param name="caps">the device</param>
    /// <param name="y">the output</param>
    /// <param name="width">channels that a thread moves at once</param>
    public static GroupNormPlanPortable For(GpuCaps caps, Shape y, int width) =>
        caps.IsProcessor ? For<LineGroupNormTile>(caps, y, width) : For<WideGroupNormTile>(caps, y, width);

    /// <summary>The same with the runs of <see cref="ChannelMoments"/> as chunks.</summary>
    public GroupNormPlanPortable Runs(Shape y) => this with { Chunk = ChannelMoments.Run, Chunks = y.Pixels / ChannelMoments.Run };

    /// <summary>Groups of the moments' pass over an input of this many channels.</summary>
    public Groups MomentGroups(int images, int channels) => new(Chunks, Blocks(channels), images);

    /// <summary>Groups of the pass that normalises an input of this many channels.</summary>
    public Groups StepGroups(int images, int channels) => new(Steps, Blocks(channels), images);

    /// <summary>Mean and squared deviations of every image, chunk and channel.</summary>
    public Shape Moments(Shape y) => new(y.N, Chunks, 2, y.C);

    /// <summary>Pivot, scale and shift of every image and channel.</summary>
    public static Shape Scales(Shape y) => new(y.N, 1, 3, y.C);

    /// <summary>Pixels that a thread normalises.</summary>
    public static int StepOf<TTile>(int width) where TTile : IGroupNormTile =>
        TTile.PerThread / width < TTile.InFlight ? TTile.PerThread / width : TTile.InFlight;

    private static GroupNormPlanPortable For<TTile>(GpuCaps caps, Shape y, int width) where TTile : IGroupNormTile
    {
        int blocks = (y.C + TTile.Channels - 1) / TTile.Channels, rows = TTile.Threads * width / TTile.Channels;
        long wanted = ((long)caps.Multiprocessors * GroupsEach / ((long)UsualImages * blocks)) + 1;
        int least = Math.Max(LeastChunk, TTile.InFlight * rows);
        int chunk = (int)Math.Clamp((y.Pixels + wanted - 1) / wanted, least, MostPerThread * rows), step = StepOf<TTile>(width) * rows;
        return new GroupNormPlanPortable(typeof(TTile), width, TTile.Threads, TTile.Channels, rows,
            chunk, (y.Pixels + chunk - 1) / chunk, step, (y.Pixels + step - 1) / step);
    }

    private int Blocks(int channels) => (channels + Channels - 1) / Channels;
}
