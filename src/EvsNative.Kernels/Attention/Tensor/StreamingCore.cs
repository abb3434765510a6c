using EvsNative.Kernels.Compile;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>What generations of tensor cores do in ways of their own, as a compile-time choice.</summary>
internal interface IStreamingCore
{
    /// <summary>
    /// Brings 16 bytes from global to shared memory, zeros if they are not there; they have come after <see cref="Wait"/>.
    /// </summary>
    static abstract void Copy(uint to, ulong from, bool isThere);

    /// <summary>All copies of this thread have come; others see them after a barrier.</summary>
    static abstract void Wait();

    /// <summary>
    /// c + a b over 16 channels: a is a fragment of 16 rows, b0 and b1 are the first and the second 8 channels of 8 columns.
    /// </summary>
    static abstract Sums Multiply(Sums c, Fragment a, uint b0, uint b1);

    /// <summary>Two numbers as binary16, the first in the low 16 bits.</summary>
    static abstract uint Pack(float low, float high);
}

/// <summary>From sm_80 on.</summary>
internal readonly struct AmpereCore : IStreamingCore
{
    public static void Copy(uint to, ulong from, bool isThere) => T.CopyAsync(to, from, isThere ? 16 : 0);

    public static void Wait() => T.WaitForAllCopies();

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) => T.MultiplyHalf16(c, a, b0, b1);

    public static uint Pack(float low, float high) => T.Pack(low, high);
}

/// <summary>sm_75: copies go through registers at once, products over 8 channels at a time.</summary>
internal readonly struct TuringCore : IStreamingCore
{
    public static void Copy(uint to, ulong from, bool isThere)
    {
        Fragment value = default;
        if (isThere) value = T.LoadGlobal(from);
        T.StoreShared(to, value);
    }

    public static void Wait() { }

    public static Sums Multiply(Sums c, Fragment a, uint b0, uint b1) =>
        T.MultiplyHalf8(T.MultiplyHalf8(c, a.A, a.B, b0), a.C, a.D, b1);

    public static uint Pack(float low, float high) => T.PackEach(low, high);
}
