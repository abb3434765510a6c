using System.Runtime.InteropServices;

namespace EvsNative.Kernels;

/// <summary>One allocation on a device. Tensors are views of it; it owns nothing but the memory.</summary>
public abstract class DeviceBuffer : IDisposable
{
    /// <summary>A buffer of <paramref name="bytes"/> bytes.</summary>
    protected DeviceBuffer(long bytes) => Bytes = bytes;

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back; called once or more.</summary>
    protected abstract void Release();
}

/// <summary>Memory of the host, aligned to a cache line.</summary>
internal sealed unsafe class HostBuffer : DeviceBuffer
{
    private void* _pointer;

    public HostBuffer(long bytes) : base(bytes)
    {
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 64);
        GC.AddMemoryPressure(Math.Max(bytes, 64));
    }

    ~HostBuffer() => Release();

    public byte* Pointer => (byte*)_pointer;

    protected override void Release()
    {
        if (_pointer == null) return;
        NativeMemory.AlignedFree(_pointer);
        GC.RemoveMemoryPressure(Math.Max(Bytes, 64));
        _pointer = null;
    }
}

/// <summary>A size without memory, for dry runs.</summary>
internal sealed class NullBuffer(long bytes) : DeviceBuffer(bytes)
{
    protected override void Release() { }
}
