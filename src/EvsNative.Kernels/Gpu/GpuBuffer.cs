using ILGPU;
using ILGPU.Runtime;

namespace EvsNative.Kernels.Gpu;

/// <summary>Memory of a GPU, in the form that kernel arguments are made of.</summary>
internal sealed class GpuBuffer(MemoryBuffer memory, long bytes, Action? release = null) : DeviceBuffer(bytes)
{
    private bool _isReleased;

    /// <summary>All bytes.</summary>
    public ArrayView<byte> View { get; } = new(memory, 0, bytes);

    /// <summary>What ILGPU holds.</summary>
    public MemoryBuffer Memory => memory;

    /// <summary>Address of the first byte on devices that have addresses.</summary>
    public nint Address => memory.NativePtr;

    protected override void Release()
    {
        if (_isReleased) return;
        _isReleased = true;
        if (release is null) memory.Dispose();
        else release();
    }
}

/// <summary>Memory that is not ILGPU's, so that views of it can be kernel arguments. It owns nothing.</summary>
internal sealed class ForeignMemory : MemoryBuffer
{
    /// <param name="owner">any accelerator; it is not used</param>
    /// <param name="address">of the device</param>
    /// <param name="bytes">size</param>
    public ForeignMemory(Accelerator owner, nint address, long bytes) : base(owner, bytes, 1) => NativePtr = address;

    protected override void MemSet(AcceleratorStream stream, byte value, in ArrayView<byte> targetView) =>
        throw new NotSupportedException();

    protected override void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) =>
        throw new NotSupportedException();

    protected override void CopyTo(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) =>
        throw new NotSupportedException();

    protected override void DisposeAcceleratorObject(bool disposing) { }
}
