using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Which form of the streaming kernel attention takes, if any. It looks at one sequence, never at how many there are: a frame's numbers
/// must not depend on its company.
/// </summary>
/// <param name="Core">the policy <see cref="IStreamingCore"/></param>
/// <param name="Tile">the policy <see cref="IStreamingTile"/></param>
/// <param name="Threads">of a group</param>
/// <param name="SharedBytes">of a group</param>
/// <param name="MinGroups">groups that a multiprocessor is to hold at once</param>
/// <param name="Queries">of a group</param>
/// <param name="Parts">groups along the queries</param>
internal readonly record struct AttentionPlanTensor(
    Type Core, Type Tile, int Threads, int SharedBytes, int MinGroups, int Queries, int Parts)
{
    /// <summary>Widest head that has a form.</summary>
    public const int MostChannels = 160;

    // Shorter sequences would leave nearly all of a tile empty.
    private const int LeastQueries = 16;

    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head; a form takes all from the one before it, and fills them with zeros</param>
    /// <param name="queries">length of a sequence of queries</param>
    /// <returns>null where another kernel is to be taken</returns>
    public static AttentionPlanTensor? Of(GpuCaps caps, int headSize, int queries)
    {
        if (caps.TensorCores == TensorGeneration.None || headSize % 8 != 0 || queries < LeastQueries) return null;
        AttentionPlanTensor? plan = headSize switch
        {
            <= 8 => Of<StreamingTile<Head8>>(caps, queries, 3),
            <= 40 => Of<StreamingTile<Head40>>(caps, queries, 3),
            <= 64 => Of<StreamingTile<Head64>>(caps, queries, 2),
            <= 80 => Of<StreamingTile<Head80>>(caps, queries, 2),
            <= 128 => Of<StreamingTile<Head128>>(caps, queries, 2),
            <= MostChannels => Of<StreamingTile<Head160>>(caps, queries, 2),
            _ => null,
        };
        return plan?.MinGroups > 0 ? plan : null;
    }

    /// <summary>Bytes that all groups of a call read and write: keys and values once for each tile of queries.</summary>
    public long Bytes(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        long perImage = (k.Bytes + v.Bytes) / k.Shape.N;
        return y.Bytes + q.Bytes + (options.Blend?.Inverted).Bytes() + (q.Shape.N * Parts * perImage);
    }

    private static AttentionPlanTensor Of<TTile>(GpuCaps caps, int queries, int groups) where TTile : struct, IStreamingTile
    {
        bool isTuring = caps.TensorCores == TensorGeneration.Turing;

        // A copy through registers takes some that three groups have not.
        int most = Math.Min(isTuring ? 2 : groups, caps.OptInSharedBytes / TTile.SharedBytes);
        return new AttentionPlanTensor(
            isTuring ? typeof(TuringCore) : typeof(AmpereCore),
            typeof(TTile),
            TTile.Threads,
            TTile.SharedBytes,
            most,
            TTile.Queries,
            (queries + TTile.Queries - 1) / TTile.Queries);
    }
}
