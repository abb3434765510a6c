using System.Runtime.InteropServices;

namespace EvsNative.Kernels;

/// <summary>Memory of the host, aligned to a cache line; large buffers on huge pages where the system has them.</summary>
internal sealed unsafe class HostBuffer : DeviceBuffer
{
    private const int CacheLine = 64;

    private static long _heldBytes;

    private void* _pointer;

    public HostBuffer(long bytes) : base(bytes)
    {
        bool isHuge = HugePages.Suit(bytes);
        try
        {
            _pointer = NativeMemory.AlignedAlloc((nuint)Size, (nuint)(isHuge ? HugePages.Bytes : CacheLine));
        }
        catch (OutOfMemoryException e)
        {
            throw new DeviceMemoryException($"this machine's memory does not suffice: {bytes / 1e9:F2} GB more are needed", e);
        }

        if (isHuge) HugePages.Advise(_pointer, Size);
        GC.AddMemoryPressure(Size);
        Interlocked.Add(ref _heldBytes, Size);
    }

    ~HostBuffer() => Release();

    /// <summary>Bytes of all buffers of the process that have not been given back.</summary>
    public static long HeldBytes => Volatile.Read(ref _heldBytes);

    public byte* Pointer => (byte*)_pointer;

    private long Size => Math.Max(Bytes, CacheLine);

    protected override void Release()
    {
        if (_pointer == null) return;
        NativeMemory.AlignedFree(_pointer);
        GC.RemoveMemoryPressure(Size);
        Interlocked.Add(ref _heldBytes, -Size);
        _pointer = null;
    }
}
