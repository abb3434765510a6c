using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>How kernels read what is stored: a compile-time policy. Arithmetic is float32.</summary>
internal partial interface IStored
{
    static abstract float Load(Operand x, long index);
}

/// <summary>How kernels read and write the elements of a tensor.</summary>
internal partial interface IElement : IStored
{
    static abstract void Store(Operand y, long index, float value);
}

/// <summary>IEEE binary32.</summary>
internal readonly partial struct Float32Element : IElement
{
    public static float Load(Operand x, long index) => x.Memory.Cast<float>()[x.Offset + index];

    public static void Store(Operand y, long index, float value) => y.Memory.Cast<float>()[y.Offset + index] = value;
}

/// <summary>IEEE binary16, rounded to nearest even, subnormals included. Beyond 65504 it becomes infinite.</summary>
internal readonly partial struct Float16Element : IElement
{
    public static float Load(Operand x, long index) => PtxIntrinsics.WidenHalf(x.Memory.Cast<ushort>()[x.Offset + index]);

    public static void Store(Operand y, long index, float value) =>
        y.Memory.Cast<ushort>()[y.Offset + index] = (ushort)PtxIntrinsics.NarrowHalf(value);
}

/// <summary>The upper half of a binary32; weights only.</summary>
internal readonly partial struct BFloat16Element : IStored
{
    public static float Load(Operand x, long index) => Interop.IntAsFloat((uint)x.Memory.Cast<ushort>()[x.Offset + index] << 16);
}

/// <summary>The policy of a storage.</summary>
internal static class Elements
{
    public static Type Policy(this ElementType type) => type == ElementType.Float32 ? typeof(Float32Element) : typeof(Float16Element);

    public static Type Policy(this WeightStorage storage) => storage switch
    {
        WeightStorage.Float16 => typeof(Float16Element),
        WeightStorage.BFloat16 => typeof(BFloat16Element),
        _ => typeof(Float32Element),
    };
}
