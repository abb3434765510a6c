using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

/// <content>Memory.</content>
internal unsafe partial class FakeCudaDriver
{
    private const nint Pool = 0x77;

    private readonly Dictionary<nint, long> _sizes = [];
    private long _used, _reserved;
    private ulong _threshold;

    public long TotalBytes { get; init; } = 1L << 30;

    /// <summary>What the pool was told to keep.</summary>
    public ulong Threshold => _threshold;

    public CudaResult MemoryInfo(out long free, out long total)
    {
        (free, total) = (TotalBytes - _reserved, TotalBytes);
        return InContext();
    }

    public CudaResult MemoryAllocate(long bytes, out nint address) => Take(bytes, 0, out address, isPooled: false);

    public CudaResult MemoryFree(nint address) => Give(address, isPooled: false);

    public CudaResult MemoryAllocateAsync(long bytes, nint stream, out nint address) => Take(bytes, stream, out address, isPooled: true);

    public CudaResult MemoryFreeAsync(nint address, nint stream)
    {
        Assert.True(_capture is null, "memory is freed in a capture");
        return Give(address, isPooled: true);
    }

    public CudaResult DefaultPool(int device, out nint pool)
    {
        pool = Pool;
        return Call();
    }

    public CudaResult PoolGet(nint pool, CudaPoolAttribute attribute, out ulong value)
    {
        value = (ulong)(attribute == CudaPoolAttribute.UsedBytes ? _used : _reserved);
        return Call();
    }

    public CudaResult PoolSet(nint pool, CudaPoolAttribute attribute, ulong value)
    {
        Assert.Equal((Pool, CudaPoolAttribute.ReleaseThreshold), (pool, attribute));
        _threshold = value;
        return Call();
    }

    public CudaResult PoolTrim(nint pool, long keptBytes)
    {
        _reserved = Math.Max(_used, keptBytes);
        return Call();
    }

    public CudaResult HostAllocate(long bytes, out nint address)
    {
        var result = Make("page-locked memory", out address);
        if (result != CudaResult.Success) return result;
        nint handle = address;
        address = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        Rename(handle, address);
        return result;
    }

    public CudaResult HostFree(nint address)
    {
        IsIdle();
        var result = Destroy("page-locked memory", address);
        NativeMemory.Free((void*)address);
        return result;
    }

    public CudaResult CopyToDevice(nint target, void* source, long bytes, nint stream)
    {
        var result = OnStream(stream, canBeCaptured: false);
        _isBusy |= result == CudaResult.Success;
        if (result == CudaResult.Success) WriteMemory(target, new ReadOnlySpan<byte>(source, checked((int)bytes)));
        return result;
    }

    public CudaResult CopyToHost(void* target, nint source, long bytes, nint stream)
    {
        var result = OnStream(stream, canBeCaptured: false);
        if (result == CudaResult.Success) ReadMemory(source, new Span<byte>(target, checked((int)bytes)));
        return result;
    }

    public CudaResult Fill(nint target, byte value, long bytes, nint stream)
    {
        var result = OnStream(stream);
        if (result == CudaResult.Success) Do(() => FillMemory(target, value, bytes));
        return result;
    }

    /// <summary>Takes memory; the address is the device's.</summary>
    protected virtual nint AllocateMemory(long bytes) => (nint)NativeMemory.AllocZeroed((nuint)bytes);

    protected virtual void FreeMemory(nint address) => NativeMemory.Free((void*)address);

    protected virtual void WriteMemory(nint target, ReadOnlySpan<byte> bytes) => bytes.CopyTo(new Span<byte>((void*)target, bytes.Length));

    protected virtual void ReadMemory(nint source, Span<byte> bytes) => new ReadOnlySpan<byte>((void*)source, bytes.Length).CopyTo(bytes);

    protected virtual void FillMemory(nint target, byte value, long bytes) => NativeMemory.Fill((void*)target, (nuint)bytes, value);

    private static string KindOf(bool isPooled) => isPooled ? "pooled memory" : "memory";

    private CudaResult Take(long bytes, nint stream, out nint address, bool isPooled, [CallerMemberName] string function = "")
    {
        address = 0;
        if (_capture is not null) return CudaResult.CaptureUnsupported;
        lock (_lock)
        {
            // What is kept in the pool is in pieces: it does not serve a larger request.
            if (_reserved + bytes > TotalBytes)
            {
                Call(function);
                return CudaResult.OutOfMemory;
            }
        }

        var result = Make(KindOf(isPooled), out nint handle, function);
        if (result != CudaResult.Success) return result;
        address = AllocateMemory(bytes);
        Rename(handle, address);
        lock (_lock)
        {
            _sizes[address] = bytes;
            _used += bytes;
            _reserved += bytes;
        }

        return result;
    }

    private CudaResult Give(nint address, bool isPooled, [CallerMemberName] string function = "")
    {
        var result = Destroy(KindOf(isPooled), address, function);
        FreeMemory(address);
        lock (_lock)
        {
            _sizes.Remove(address, out long bytes);
            _used -= bytes;
            if (!isPooled) _reserved -= bytes;
        }

        return result;
    }

    private void Rename(nint handle, nint address)
    {
        lock (_lock)
        {
            _live.Remove(handle, out var thing);
            _live[address] = thing;
        }
    }
}
