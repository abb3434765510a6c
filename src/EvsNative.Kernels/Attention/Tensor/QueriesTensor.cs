using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>Where queries come from.</summary>
internal interface IQueriesTensor
{
    /// <summary>Brings eight channels of a query to shared memory, zeros if there are none.</summary>
    static abstract void Load(uint to, ulong own, ulong inverted, bool isThere, float gamma);
}

/// <summary>As they are.</summary>
internal readonly struct OwnQueriesTensor : IQueriesTensor
{
    public static void Load(uint to, ulong own, ulong inverted, bool isThere, float gamma) => T.CopyAsync(to, own, isThere ? 16 : 0);
}

/// <summary>gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11), computed in float32 and rounded once.</summary>
internal readonly struct BlendedQueriesTensor : IQueriesTensor
{
    public static void Load(uint to, ulong own, ulong inverted, bool isThere, float gamma)
    {
        Fragment blended = default;
        if (isThere)
        {
            Fragment a = T.LoadGlobal(own), b = T.LoadGlobal(inverted);
            blended.A = Blend(a.A, b.A, gamma);
            blended.B = Blend(a.B, b.B, gamma);
            blended.C = Blend(a.C, b.C, gamma);
            blended.D = Blend(a.D, b.D, gamma);
        }

        T.StoreShared(to, blended);
    }

    private static uint Blend(uint own, uint inverted, float gamma) => T.Pack(
        (T.Low(own) * (1 - gamma)) + (T.Low(inverted) * gamma), (T.High(own) * (1 - gamma)) + (T.High(inverted) * gamma));
}
