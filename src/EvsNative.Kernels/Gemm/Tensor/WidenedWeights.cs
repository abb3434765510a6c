using EvsNative.Kernels.Compile;
using ILGPU;
using ILGPU.Runtime;

namespace EvsNative.Kernels.Gemm;

/// <summary>Chunks of four weights that are stored as binary16 and multiplied as float32: they pass through registers.</summary>
internal static class WidenedWeights
{
    /// <summary>Registers that hold a chunk on its way.</summary>
    public const int Registers = 2;

    /// <summary>Reads the i-th chunk of a thread where flags have the flag, zeros where they have not.</summary>
    public static void Fetch(ArrayView<uint> onTheirWay, int i, ulong from, int flags, int flag)
    {
        FragmentHalf value = default;
        if ((flags & flag) != 0) value = TensorIntrinsics.LoadGlobalHalf(from);
        onTheirWay[Registers * i] = value.A;
        onTheirWay[(Registers * i) + 1] = value.B;
    }

    /// <summary>Writes it to its place.</summary>
    public static void Land(ArrayView<uint> onTheirWay, int i, uint to)
    {
        uint low = onTheirWay[Registers * i], high = onTheirWay[(Registers * i) + 1];
        Fragment value;
        value.A = Interop.FloatAsInt(TensorIntrinsics.Low(low));
        value.B = Interop.FloatAsInt(TensorIntrinsics.High(low));
        value.C = Interop.FloatAsInt(TensorIntrinsics.Low(high));
        value.D = Interop.FloatAsInt(TensorIntrinsics.High(high));
        TensorIntrinsics.StoreShared(to, value);
    }
}
