using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Which form of the attention kernel a call takes. It looks at one sequence, never at how many there are: a frame's numbers must not depend on its
/// company.
/// </summary>
/// <param name="Form">the policy <see cref="IAttentionForm"/></param>
/// <param name="Threads">of a group</param>
/// <param name="SharedBytes">of a group</param>
/// <param name="Queries">of a group</param>
/// <param name="Channels">of a head that a group computes</param>
/// <param name="QueryParts">groups along the queries</param>
/// <param name="ChannelParts">groups along a head's channels: 1 but for heads wider than the form; each of them computes the scores again</param>
internal readonly record struct AttentionPlanPortable(Type Form, int Threads, int SharedBytes, int Queries, int Channels, int QueryParts, int ChannelParts)
{
    // Sequences up to this length would leave most of a large tile empty.
    private const int ShortSequence = 32;

    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="queries">length of a sequence of queries</param>
    public static AttentionPlanPortable Of(GpuCaps caps, int headSize, int queries) =>
        caps.IsProcessor ? Of<AdjacentLayout>(caps, headSize, queries) : Of<InterleavedLayout>(caps, headSize, queries);

    private static AttentionPlanPortable Of<TLayout>(GpuCaps caps, int headSize, int queries) where TLayout : struct, IAttentionLayout
    {
        if (headSize > 160 || queries > ShortSequence)
        {
            var plan = headSize > 160 ? Of<WideTile, Width512, TLayout>(headSize, queries) : Of<TokenTile, TLayout>(headSize, queries);
            if (plan.Threads <= caps.MaxThreads && plan.SharedBytes <= caps.SharedBytes) return plan;
        }

        return Of<ShortTile, TLayout>(headSize, queries);
    }

    private static AttentionPlanPortable Of<TTile, TLayout>(int headSize, int queries)
        where TTile : struct, IAttentionTile
        where TLayout : struct, IAttentionLayout => headSize switch
        {
            <= 8 => Of<TTile, Width8, TLayout>(headSize, queries),
            <= 40 => Of<TTile, Width40, TLayout>(headSize, queries),
            <= 64 => Of<TTile, Width64, TLayout>(headSize, queries),
            <= 80 => Of<TTile, Width80, TLayout>(headSize, queries),
            _ => Of<TTile, Width160, TLayout>(headSize, queries),
        };

    private static AttentionPlanPortable Of<TTile, TWidth, TLayout>(int headSize, int queries)
        where TTile : struct, IAttentionTile
        where TWidth : struct, IAttentionWidth
        where TLayout : struct, IAttentionLayout => Of<AttentionForm<TTile, TWidth, TLayout>>(headSize, queries);

    private static AttentionPlanPortable Of<TForm>(int headSize, int queries) where TForm : struct, IAttentionForm => new(
        typeof(TForm),
        TForm.Threads,
        sizeof(float) * ((TForm.Queries * TForm.ScoreStride) + TForm.PieceFloats + TForm.Threads + TForm.Queries),
        TForm.Queries,
        TForm.Channels,
        Parts(queries, TForm.Queries),
        Parts(headSize, TForm.Channels));

    private static int Parts(int count, int size) => (count + size - 1) / size;
}
