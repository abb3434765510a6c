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
/// <param name="IsLine">whether the form is an <see cref="IAttentionLineForm"/>, for processors</param>
internal readonly record struct AttentionPlanPortable(
    Type Form, int Threads, int SharedBytes, int Queries, int Channels, int QueryParts, int ChannelParts, bool IsLine = false)
{
    // Sequences up to this length would leave most of a large tile empty.
    private const int ShortSequence = 32;

    /// <param name="caps">the device</param>
    /// <param name="headSize">channels of a head</param>
    /// <param name="queries">length of a sequence of queries</param>
    public static AttentionPlanPortable Of(GpuCaps caps, int headSize, int queries)
    {
        if (caps.IsProcessor && OfLine(headSize, queries) is { } line) return line;
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

    // None for heads wider than all; those are for the other forms.
    private static AttentionPlanPortable? OfLine(int headSize, int queries)
    {
        bool isShort = queries <= ShortSequence;
        return headSize switch
        {
            <= 40 => isShort ? OfLine<ShortLineTile, LineWidth40>(queries) : OfLine<LongLineTile, LineWidth40>(queries),
            <= 80 => isShort ? OfLine<ShortLineTile, LineWidth80>(queries) : OfLine<LongLineTile, LineWidth80>(queries),
            <= 160 => isShort ? OfLine<ShortLineTile, LineWidth160>(queries) : OfLine<MiddleLineTile, LineWidth160>(queries),
            <= 512 => OfLine<MiddleLineTile, LineWidth512>(queries),
            _ => null,
        };
    }

    private static AttentionPlanPortable OfLine<TTile, TWidth>(int queries)
        where TTile : struct, IAttentionLineTile
        where TWidth : struct, IAttentionLineWidth =>
        new(typeof(AttentionLineForm<TTile, TWidth>), Threads: 1, SharedBytes: 0, TTile.Queries, TWidth.Channels,
            Parts(queries, TTile.Queries), ChannelParts: 1, IsLine: true);

    private static int Parts(int count, int size) => (count + size - 1) / size;
}
