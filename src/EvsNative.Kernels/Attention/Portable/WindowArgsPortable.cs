using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// What a kernel of <see cref="WindowAttentionPortable"/> is told. An axis is in its single numbers, since ILGPU's own code may not see
/// structs of ours in arguments.
/// </summary>
internal struct WindowArgsPortable
{
    public Operand Y, Q, K, V, Near, Fragment, PaddedK, PaddedV;
    public int ExtentD, WholeD, WindowD, ShiftD, CountD, PaddedD;
    public int ExtentH, WholeH, WindowH, ShiftH, CountH, PaddedH;
    public int ExtentW, WholeW, WindowW, ShiftW, CountW, PaddedW;
    public int HasFragments, Own, Tokens, Heads, HeadSize, QueryParts;
    public float Scale;
}
