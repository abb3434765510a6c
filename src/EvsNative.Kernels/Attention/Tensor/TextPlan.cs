using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// How attention over few keys is cut. It looks at one sequence, never at how many there are: a frame's numbers must not depend on its
/// company.
/// </summary>
/// <param name="Head">the policy <see cref="ITextHead"/></param>
/// <param name="Keys">the policy <see cref="ITextKeys"/></param>
/// <param name="Threads">of a group</param>
/// <param name="SharedBytes">of a group</param>
/// <param name="SharedChunks">pieces of 16 bytes of the keys in it</param>
/// <param name="Blocks">of 32 channels of a head</param>
/// <param name="MinGroups">that a multiprocessor should hold at once</param>
/// <param name="Queries">that a group takes at a time</param>
/// <param name="Units">groups along the heads</param>
/// <param name="Parts">groups along the queries</param>
/// <param name="Rounds">times that a group's warps take queries</param>
internal readonly record struct TextPlan(
    Type Head, Type Keys, int Threads, int SharedBytes, int SharedChunks,
    int Blocks, int MinGroups, int Queries, int Units, int Parts, int Rounds)
{
    /// <summary>The most keys that are held at once.</summary>
    public const int MostKeys = 128;

    private const int MostHeadSize = 160, MostRounds = 4, Warps = 4;

    /// <summary>True if such a device can do it this way.</summary>
    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="heads">of a token</param>
    /// <param name="keys">of a sequence</param>
    public static bool Suits(GpuCaps caps, int headSize, int heads, int keys) =>
        caps.TensorCores == TensorGeneration.Ampere && headSize % 8 == 0 && headSize <= MostHeadSize && keys <= MostKeys
        && Of(headSize, heads, 1, keys).SharedBytes <= caps.OptInSharedBytes;

    /// <param name="headSize">channels of a head</param>
    /// <param name="heads">of a token</param>
    /// <param name="queries">of a sequence</param>
    /// <param name="keys">of a sequence</param>
    /// <param name="isBlended">true where recorded queries are read beside the own ones, which takes registers</param>
    public static TextPlan Of(int headSize, int heads, int queries, int keys, bool isBlended = false) => headSize switch
    {
        40 when heads % 2 == 0 => Of<TextHeads40>(heads / 2, queries, keys, isBlended),
        80 => Of<TextHead80>(heads, queries, keys, isBlended),
        <= 32 => Of<TextHead32>(heads, queries, keys, isBlended),
        <= 64 => Of<TextHead64>(heads, queries, keys, isBlended),
        <= 96 => Of<TextHead96>(heads, queries, keys, isBlended),
        <= 128 => Of<TextHead128>(heads, queries, keys, isBlended),
        _ => Of<TextHead160>(heads, queries, keys, isBlended),
    };

    /// <summary>
    /// Bytes of global memory that a launch reads and writes, as often as it does. Queries that are not there are one row for every eight:
    /// those behind the last of a sequence, and those that a warp reads ahead in its last round.
    /// </summary>
    /// <param name="call">what the plan is for</param>
    public long Bytes(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        int queries = q.Shape.Pixels, warp = Queries / Warps;
        long eights = warp / 8 * (Divided(queries, warp) + ((long)Parts * Warps)), missing = eights - Divided(queries, 8);
        long reads = q.Bytes + (missing * q.Shape.N * Units * (q.Shape.C / options.Heads) * sizeof(ushort));
        return y.Bytes + ((options.Blend is null ? 1 : 2) * reads) + ((k.Bytes + v.Bytes) / k.Shape.N * q.Shape.N * Parts);
    }

    private static TextPlan Of<THead>(int units, int queries, int keys, bool isBlended) where THead : struct, ITextHead =>
        ((keys + 15) / 16) switch
        {
            1 => Of<THead, TextKeys16>(units, queries, isBlended),
            2 => Of<THead, TextKeys32>(units, queries, isBlended),
            3 => Of<THead, TextKeys48>(units, queries, isBlended),
            4 => Of<THead, TextKeys64>(units, queries, isBlended),
            5 => Of<THead, TextKeys80>(units, queries, isBlended),
            6 => Of<THead, TextKeys96>(units, queries, isBlended),
            7 => Of<THead, TextKeys112>(units, queries, isBlended),
            _ => Of<THead, TextKeys128>(units, queries, isBlended),
        };

    private static TextPlan Of<THead, TKeys>(int units, int queries, bool isBlended)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        int all = Divided(queries, TextTile<THead, TKeys>.Queries), parts = Divided(all, MostRounds);
        return new TextPlan(
            typeof(THead), typeof(TKeys), TextTile<THead, TKeys>.Threads, TextTile<THead, TKeys>.SharedBytes,
            TKeys.Count * TextTile<THead, TKeys>.UnitChunks, THead.Blocks,
            isBlended ? 2 : TextTile<THead, TKeys>.MinGroups, TextTile<THead, TKeys>.Queries, units, parts, Divided(all, parts));
    }

    private static int Divided(int count, int size) => (count + size - 1) / size;
}
