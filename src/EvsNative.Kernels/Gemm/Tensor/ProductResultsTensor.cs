using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>How eight neighbouring numbers of a result are moved: a compile-time policy. Addresses are multiples of 16.</summary>
internal interface IProductResult
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Bytes { get; }

    /// <summary>Registers of eight numbers.</summary>
    static abstract int Registers { get; }

    /// <summary>Reads eight numbers of a tensor that the kernel may write itself to place i.</summary>
    static abstract void Load(ArrayView<uint> to, int i, ulong from);

    /// <summary>Adds the numbers of place i to eight.</summary>
    static abstract void Add(ArrayView<float> values, ArrayView<uint> numbers, int i);

    /// <summary>Writes eight numbers.</summary>
    static abstract void Store<TNumbers>(ulong to, ArrayView<float> values) where TNumbers : struct, IMatrixNumbers;
}

/// <summary>binary16: one access.</summary>
internal readonly struct HalfResult : IProductResult
{
    public static int Bytes => 2;
    public static int Registers => 4;

    public static void Load(ArrayView<uint> to, int i, ulong from) => FragmentArrays.Keep(to, i, TensorIntrinsics.LoadGlobalShared(from));

    public static void Add(ArrayView<float> values, ArrayView<uint> numbers, int i)
    {
        for (int k = 0; k < 4; k++)
        {
            values[2 * k] += TensorIntrinsics.Low(numbers[(4 * i) + k]);
            values[(2 * k) + 1] += TensorIntrinsics.High(numbers[(4 * i) + k]);
        }
    }

    public static void Store<TNumbers>(ulong to, ArrayView<float> values) where TNumbers : struct, IMatrixNumbers
    {
        Fragment packed;
        packed.A = TNumbers.Pack(values[0], values[1]);
        packed.B = TNumbers.Pack(values[2], values[3]);
        packed.C = TNumbers.Pack(values[4], values[5]);
        packed.D = TNumbers.Pack(values[6], values[7]);
        TensorIntrinsics.StoreGlobal(to, packed);
    }
}

/// <summary>binary32: two accesses.</summary>
internal readonly struct FloatResult : IProductResult
{
    public static int Bytes => 4;
    public static int Registers => 8;

    public static void Load(ArrayView<uint> to, int i, ulong from)
    {
        FragmentArrays.Keep(to, 2 * i, TensorIntrinsics.LoadGlobalShared(from));
        FragmentArrays.Keep(to, (2 * i) + 1, TensorIntrinsics.LoadGlobalShared(from + 16));
    }

    public static void Add(ArrayView<float> values, ArrayView<uint> numbers, int i)
    {
        for (int k = 0; k < 8; k++) values[k] += Interop.IntAsFloat(numbers[(8 * i) + k]);
    }

    public static void Store<TNumbers>(ulong to, ArrayView<float> values) where TNumbers : struct, IMatrixNumbers
    {
        for (int k = 0; k < 2; k++)
        {
            Fragment bits;
            bits.A = Interop.FloatAsInt(values[4 * k]);
            bits.B = Interop.FloatAsInt(values[(4 * k) + 1]);
            bits.C = Interop.FloatAsInt(values[(4 * k) + 2]);
            bits.D = Interop.FloatAsInt(values[(4 * k) + 3]);
            TensorIntrinsics.StoreGlobal(to + (ulong)(16 * k), bits);
        }
    }
}

/// <summary>The policy of a storage.</summary>
internal static class ProductResults
{
    public static Type ResultPolicy(this ElementType type) => type == ElementType.Float32 ? typeof(FloatResult) : typeof(HalfResult);
}
