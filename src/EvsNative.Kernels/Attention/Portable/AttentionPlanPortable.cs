using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Which form of the attention kernel a call takes. It looks at one sequence, never at how many there are: a frame's numbers must not
/// depend on its company.
/// </summary>
/// <param name="Form">the policy <see cref="IAttentionForm"/></param>
/// <param name="Threads">of a group</param>
/// <param name="SharedBytes">of a group</param>
/// <param name="Queries">of a group</param>
/// <param name="Channels">of a head that a group computes</param>
/// <param name="QueryParts">groups along the queries</param>
/// <param name="ChannelParts">groups along a head's channels: 1 but for heads wider than the form; each of them computes the scores
/// again</param>
internal readonly record struct AttentionPlanPortable(
    Type Form, int Threads, int SharedBytes, int Queries, int Channels, int QueryParts, int ChannelParts)
{
    // Sequences up to this length would leave most of a large tile empty.
    private const int ShortSequence = 32;

    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="queries">length of a sequence of queries</param>
    public static AttentionPlanPortable Of(GpuCaps caps, int headSize, int queries)
    {
        if (headSize > 160 || queries > ShortSequence)
        {
            var plan = headSize > 160 ? Of<AttentionForm<WideTile, Width512>>(headSize, queries) : OfTile<TokenTile>(headSize, queries);
            if (plan.Threads <= caps.MaxThreads && plan.SharedBytes <= caps.SharedBytes) return plan;
        }

        return OfTile<ShortTile>(headSize, queries);
    }

    private static AttentionPlanPortable OfTile<TTile>(int headSize, int queries) where TTile : struct, IAttentionTile => headSize switch
    {
        <= 8 => Of<AttentionForm<TTile, Width8>>(headSize, queries),
        <= 40 => Of<AttentionForm<TTile, Width40>>(headSize, queries),
        <= 64 => Of<AttentionForm<TTile, Width64>>(headSize, queries),
        <= 80 => Of<AttentionForm<TTile, Width80>>(headSize, queries),
        _ => Of<AttentionForm<TTile, Width160>>(headSize, queries),
    };

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
