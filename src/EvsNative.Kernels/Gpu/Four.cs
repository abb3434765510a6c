using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>Four neighbouring numbers: 16 bytes that kernels move at once.</summary>
internal struct Four
{
    public float A, B, C, D;

    public static Four Of(float a, float b, float c, float d) => new() { A = a, B = b, C = c, D = d };

    public static Four operator +(Four a, Four b) => Of(a.A + b.A, a.B + b.B, a.C + b.C, a.D + b.D);

    public static Four operator -(Four a, Four b) => Of(a.A - b.A, a.B - b.B, a.C - b.C, a.D - b.D);

    public static Four operator *(Four a, Four b) => Of(a.A * b.A, a.B * b.B, a.C * b.C, a.D * b.D);

    public static Four operator -(Four a, float b) => Of(a.A - b, a.B - b, a.C - b, a.D - b);

    public static Four operator /(Four a, float b) => Of(a.A / b, a.B / b, a.C / b, a.D / b);

    public static Four operator *(Four a, float b) => Of(a.A * b, a.B * b, a.C * b, a.D * b);
}

/// <summary>Elements four at a time. The tensor's place and the index are multiples of four.</summary>
internal partial interface IStored
{
    static abstract Four LoadFour(Operand x, long index);
}

/// <summary>The same for writing.</summary>
internal partial interface IElement
{
    static abstract void StoreFour(Operand y, long index, Four values);
}

internal readonly partial struct Float32Element
{
    public static Four LoadFour(Operand x, long index) => x.Memory.Cast<Four>()[(x.Offset + index) >> 2];

    public static void StoreFour(Operand y, long index, Four values) => y.Memory.Cast<Four>()[(y.Offset + index) >> 2] = values;
}

internal readonly partial struct Float16Element
{
    public static Four LoadFour(Operand x, long index)
    {
        var words = x.Memory.Cast<FourHalves>()[(x.Offset + index) >> 2];
        return Four.Of(Low(words.Low), High(words.Low), Low(words.High), High(words.High));
    }

    public static void StoreFour(Operand y, long index, Four values) =>
        y.Memory.Cast<FourHalves>()[(y.Offset + index) >> 2] = new FourHalves
        {
            Low = Both(values.A, values.B),
            High = Both(values.C, values.D),
        };

    /// <summary>The first of two that lie in a word.</summary>
    public static float Low(uint word) => PtxIntrinsics.WidenHalf(word & 0xffff);

    /// <summary>The second of two that lie in a word.</summary>
    public static float High(uint word) => PtxIntrinsics.WidenHalf(word >> 16);

    /// <summary>Two as they lie in a word.</summary>
    public static uint Both(float low, float high) => PtxIntrinsics.NarrowHalf(low) | (PtxIntrinsics.NarrowHalf(high) << 16);
}

internal readonly partial struct BFloat16Element
{
    public static Four LoadFour(Operand x, long index)
    {
        var words = x.Memory.Cast<FourHalves>()[(x.Offset + index) >> 2];
        return Four.Of(
            Interop.IntAsFloat(words.Low << 16), Interop.IntAsFloat(words.Low & 0xffff0000),
            Interop.IntAsFloat(words.High << 16), Interop.IntAsFloat(words.High & 0xffff0000));
    }
}

/// <summary>Four elements of 16 bits as they lie in memory.</summary>
internal struct FourHalves
{
    public uint Low, High;
}
