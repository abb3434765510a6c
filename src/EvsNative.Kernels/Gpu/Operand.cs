using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>
/// A tensor as kernels see it: the whole buffer as bytes, and the first element's place. The place is kept apart because OpenCL code of
/// ILGPU holds a view's own offset in 32 bits, and arenas are larger than that.
/// </summary>
internal struct Operand
{
    /// <summary>All of the buffer.</summary>
    public ArrayView<byte> Memory;

    /// <summary>The first element, counted in elements.</summary>
    public long Offset;
}
