using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>What a kernel of <see cref="WindowAttentionPortable"/> is told.</summary>
internal struct WindowArgsPortable
{
    public Operand Y, Q, K, V, Near, Fragment, PaddedK, PaddedV;
    public WindowAxisPortable D, H, W;
    public int HasFragments, Own, Tokens, Heads, HeadSize, QueryParts;
    public float Scale;
}
