using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Which form of the streaming kernel attention takes, if any. It looks at one sequence, never at how many there are: a frame's numbers
/// must not depend on its company.
/// </summary>
/// <param name="Head">the policy <see cref="IAttentionHeadTensor"/></param>
/// <param name="Threads">of a group</param>
/// <param name="SharedBytes">of a group</param>
/// <param name="MinGroups">groups that a multiprocessor is to hold at once</param>
/// <param name="Queries">of a group</param>
/// <param name="Parts">groups along the queries</param>
internal readonly record struct AttentionPlanTensor(Type Head, int Threads, int SharedBytes, int MinGroups, int Queries, int Parts)
{
    /// <summary>Widest head that has a form.</summary>
    public const int MostChannels = 160;

    // Shorter sequences would leave nearly all of a tile empty.
    private const int LeastQueries = 16;

    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="queries">length of a sequence of queries</param>
    /// <returns>null where the portable kernel is to be taken</returns>
    public static AttentionPlanTensor? Of(GpuCaps caps, int headSize, int queries)
    {
        if (caps.TensorCores < TensorGeneration.Ampere || headSize % 8 != 0 || queries < LeastQueries) return null;
        AttentionPlanTensor? plan = headSize switch
        {
            <= 8 => Of<Head8>(queries, 3),
            <= 40 => Of<Head40>(queries, 3),
            <= 64 => Of<Head64>(queries, 2),
            <= 80 => Of<Head80>(queries, 2),
            <= 128 => Of<Head128>(queries, 2),
            <= MostChannels => Of<Head160>(queries, 2),
            _ => null,
        };
        return plan is { } found && found.SharedBytes <= caps.OptInSharedBytes ? plan : null;
    }

    /// <summary>Bytes that all groups read and write: keys and values once for each tile of queries.</summary>
    /// <param name="call">what is computed</param>
    public long Bytes(in AttentionCall call) =>
        call.Y.Bytes + call.Q.Bytes + (call.Options.Blend?.Inverted).Bytes() + ((long)Parts * call.Q.Shape.N / call.K.Shape.N * (call.K.Bytes + call.V.Bytes));

    private static AttentionPlanTensor Of<THead>(int queries, int minGroups) where THead : struct, IAttentionHeadTensor => new(
        typeof(THead),
        StreamingTile<THead>.Threads,
        StreamingTile<THead>.SharedBytes,
        minGroups,
        StreamingTile<THead>.Queries,
        (queries + StreamingTile<THead>.Queries - 1) / StreamingTile<THead>.Queries);
}
