using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>What a kernel of <see cref="WindowAttentionPortable"/> is told. (ILGPU's own code may not see structs of ours in it.)</summary>
internal struct WindowArgsPortable
{
    public Operand Y, Q, K, V, Near, Fragment, PaddedK, PaddedV;
    public int Frames, Height, Width, WholeD, WholeH, WholeW, ShiftD, ShiftH, ShiftW;
    public int HasFragments, Own, Tokens, Heads, HeadSize, QueryParts;
    public float Scale;
}
