using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// How attention through frames is cut. It looks at one sequence, never at how many there are: a video's numbers must not depend on its
/// company.
/// </summary>
/// <param name="Unit">the policy <see cref="IFrameUnit"/></param>
/// <param name="Tiles">the policy <see cref="IFrameTiles"/></param>
/// <param name="Heads">of a unit</param>
/// <param name="Threads">of a group: a warp for each unit</param>
/// <param name="MinGroups">that a multiprocessor should hold at once</param>
internal readonly record struct FramePlan(Type Unit, Type Tiles, int Heads, int Threads, int MinGroups)
{
    /// <summary>The longest sequence.</summary>
    public const int MostFrames = 32;

    private const int MostHeadSize = 160;

    /// <summary>True if such a device can do it this way.</summary>
    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="frames">of a video</param>
    public static bool Suits(GpuCaps caps, int headSize, int frames) =>
        caps.TensorCores == TensorGeneration.Ampere && headSize % 8 == 0 && headSize <= MostHeadSize && frames <= MostFrames;

    /// <param name="headSize">channels of a head</param>
    /// <param name="heads">of a pixel</param>
    /// <param name="frames">of a video</param>
    public static FramePlan Of(int headSize, int heads, int frames)
    {
        // Two heads of an odd number of chunks end with a sector.
        bool isPaired = headSize % 16 != 0 && heads % 2 == 0 && 2 * headSize <= MostHeadSize;
        var unit = isPaired ? UnitOf<TwoHeads>(2 * headSize) : UnitOf<OneHead>(headSize);
        bool isShort = frames <= 16;
        return new FramePlan(unit, isShort ? typeof(Frames16) : typeof(Frames32), isPaired ? 2 : 1, 128, isShort ? 4 : 2);
    }

    /// <summary>Bytes of global memory that a launch reads and writes. Of frames that are not there the last one is read again.</summary>
    /// <param name="call">what the plan is for</param>
    public static long Bytes(in AttentionCall call)
    {
        int frames = call.Options.Frames, rows = 0, values = 0;
        for (int block = 0; block < Divided(frames, 16); block++)
        {
            // Queries and keys come eight frames at a time, values four: every second one from these on.
            foreach (int first in (ReadOnlySpan<int>)[0, 8]) rows += Distinct(frames, (16 * block) + first, 1, 8);
            foreach (int first in (ReadOnlySpan<int>)[0, 1, 8, 9]) values += Distinct(frames, (16 * block) + first, 2, 4);
        }

        int queries = call.Options.Blend is null ? rows : 2 * rows;
        return call.Q.Bytes / frames * (queries + rows + values + frames);
    }

    /// <summary>How many of so many frames are others than the last one, and that one if it is among them.</summary>
    private static int Distinct(int frames, int first, int step, int count) =>
        Math.Min(Math.Max(Divided(frames - 1 - first, step), 0) + 1, count);

    private static int Divided(int count, int size) => (count + size - 1) / size;

    private static Type UnitOf<THeads>(int channels) where THeads : struct, IFrameHeads => ((channels + 31) / 32) switch
    {
        1 => typeof(FrameUnit32<THeads>),
        2 => typeof(FrameUnit64<THeads>),
        3 => typeof(FrameUnit96<THeads>),
        4 => typeof(FrameUnit128<THeads>),
        _ => typeof(FrameUnit160<THeads>),
    };
}
