using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// What the kernels of attention are given: a sequence is a first element and the elements from one of its members to the next.
/// </summary>
internal struct AttentionArgsPortable
{
    public Operand Y, Q, Inverted, K, V;

    /// <summary>Share of the inverted queries, and what scores are multiplied by to be exponents of 2.</summary>
    public float Gamma, Scale;

    public int HeadSize, Heads, Queries, Keys, IsCausal;

    /// <summary>Groups along the queries and along a head's channels.</summary>
    public int QueryParts, ChannelParts;

    /// <summary>Sequences that lie inside one another's strides.</summary>
    public int Inner;

    /// <summary>Elements from one inner sequence, one outer one of queries, one of keys, and one member to the next.</summary>
    public long InnerStride, QueryStride, KeyStride, Step;
}

/// <summary>Where queries come from.</summary>
internal interface IQuerySource
{
    static abstract float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement;
}

/// <summary>Q</summary>
internal readonly struct OwnQuerySource : IQuerySource
{
    public static float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement =>
        TX.Load(own, index);
}

/// <summary>gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11).</summary>
internal readonly struct BlendedQuerySource : IQuerySource
{
    public static float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement =>
        (TX.Load(own, index) * (1 - gamma)) + (TX.Load(inverted, index) * gamma);
}
