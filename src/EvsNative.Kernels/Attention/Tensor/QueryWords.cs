using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>What becomes of queries in registers, where kernels read them straight from global memory.</summary>
internal interface IQueryWords
{
    /// <summary>True if there are recorded queries.</summary>
    static abstract bool IsBlended { get; }

    /// <summary>Eight channels.</summary>
    static abstract Fragment Of(Fragment own, Fragment inverted, float gamma);
}

/// <summary>As they are.</summary>
internal readonly struct OwnQueryWords : IQueryWords
{
    public static bool IsBlended => false;

    public static Fragment Of(Fragment own, Fragment inverted, float gamma) => own;
}

/// <summary>gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11), computed in float32 and rounded once.</summary>
internal readonly struct BlendedQueryWords : IQueryWords
{
    public static bool IsBlended => true;

    public static Fragment Of(Fragment own, Fragment inverted, float gamma) => new()
    {
        A = Blend(own.A, inverted.A, gamma),
        B = Blend(own.B, inverted.B, gamma),
        C = Blend(own.C, inverted.C, gamma),
        D = Blend(own.D, inverted.D, gamma),
    };

    private static uint Blend(uint own, uint inverted, float gamma) => T.Pack(
        (T.Low(own) * (1 - gamma)) + (T.Low(inverted) * gamma), (T.High(own) * (1 - gamma)) + (T.High(inverted) * gamma));
}
