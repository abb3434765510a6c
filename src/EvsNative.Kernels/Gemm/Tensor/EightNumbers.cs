using EvsNative.Kernels.Compile;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>How a thread reads eight neighbouring numbers that nobody writes: a compile-time policy. Addresses divide by 16.</summary>
internal interface IEightNumbers
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads them to eight places.</summary>
    static abstract void Load(ArrayView<float> to, int at, ulong from);
}

/// <summary>binary16: one access.</summary>
internal readonly struct EightHalves : IEightNumbers
{
    public static int Bytes => 2;

    public static void Load(ArrayView<float> to, int at, ulong from)
    {
        var v = TensorIntrinsics.LoadGlobal(from);
        to[at] = TensorIntrinsics.Low(v.A);
        to[at + 1] = TensorIntrinsics.High(v.A);
        to[at + 2] = TensorIntrinsics.Low(v.B);
        to[at + 3] = TensorIntrinsics.High(v.B);
        to[at + 4] = TensorIntrinsics.Low(v.C);
        to[at + 5] = TensorIntrinsics.High(v.C);
        to[at + 6] = TensorIntrinsics.Low(v.D);
        to[at + 7] = TensorIntrinsics.High(v.D);
    }
}

/// <summary>binary32: two accesses.</summary>
internal readonly struct EightFloats : IEightNumbers
{
    public static int Bytes => 4;

    public static void Load(ArrayView<float> to, int at, ulong from)
    {
        for (int k = 0; k < 2; k++)
        {
            var v = TensorIntrinsics.LoadGlobalFloats(from + (ulong)(16 * k));
            to[at + (4 * k)] = v.A;
            to[at + (4 * k) + 1] = v.B;
            to[at + (4 * k) + 2] = v.C;
            to[at + (4 * k) + 3] = v.D;
        }
    }
}
