using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// The way of host values to the device: they are copied into page-locked memory, from which the device fetches them while the host goes
/// on. There are two halves; one is filled while the device empties the other. A host that lets no memory be locked (a container's limit)
/// has them in plain memory: the driver then copies once more, and a copy has left its half when the call returns.
/// </summary>
internal sealed unsafe class CudaStaging(CudaContext context) : IDisposable
{
    /// <summary>Of a half.</summary>
    public const int HalfBytes = 16 << 20;

    private const int Alignment = 256;

    private readonly nint[] _emptied = new nint[2];
    private readonly bool[] _isFull = new bool[2];
    private nint _memory;
    private bool _isPlain;
    private int _half, _used;

    /// <summary>Starts the copy; the values are the caller's again when this returns.</summary>
    public void Write(nint target, ReadOnlySpan<byte> bytes)
    {
        context.Enter();
        if (_memory == 0) Open();
        while (!bytes.IsEmpty)
        {
            if (_used == HalfBytes) Turn();
            int count = Math.Min(bytes.Length, HalfBytes - _used);
            byte* source = (byte*)_memory + ((long)_half * HalfBytes) + _used;
            bytes[..count].CopyTo(new Span<byte>(source, count));
            context.Check(context.Driver.CopyToDevice(target, source, count, context.Stream), "writing to the device failed");
            _used = Math.Min(HalfBytes, (_used + count + Alignment - 1) / Alignment * Alignment);
            target += count;
            bytes = bytes[count..];
        }
    }

    public void Dispose()
    {
        if (!context.TryEnter()) return;
        foreach (nint emptied in _emptied)
        {
            if (emptied != 0) context.Driver.EventDestroy(emptied);
        }

        if (_isPlain) NativeMemory.Free((void*)_memory);
        else if (_memory != 0) context.Driver.HostFree(_memory);
        (_memory, _isPlain) = (0, false);
    }

    // Most runs of small tests write little: memory is locked when first needed.
    private void Open()
    {
        for (int half = 0; half < _emptied.Length; half++)
        {
            if (_emptied[half] == 0) context.Check(context.Driver.EventCreate(isTimed: false, out _emptied[half]), "no event can be made");
        }

        var result = context.Driver.HostAllocate(2L * HalfBytes, out _memory);
        _isPlain = result is CudaResult.OutOfMemory or CudaResult.NotSupported or CudaResult.NotPermitted;
        if (_isPlain) _memory = (nint)NativeMemory.Alloc(2 * HalfBytes);
        else context.Check(result, $"{2 * HalfBytes >> 20} MB of the host's memory cannot be locked");
    }

    private void Turn()
    {
        context.Check(context.Driver.EventRecord(_emptied[_half], context.Stream), "writing to the device failed");
        _isFull[_half] = true;
        _half = 1 - _half;
        if (_isFull[_half]) context.Check(context.Driver.EventSynchronize(_emptied[_half]), "writing to the device failed");
        (_isFull[_half], _used) = (false, 0);
    }
}
