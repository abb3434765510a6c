namespace EvsNative.Kernels.Cuda;

/// <content>Memory and copies.</content>
internal sealed unsafe partial class NativeCudaDriver
{
    private delegate* unmanaged<nuint*, nuint*, CudaResult> _memoryInfo;
    private delegate* unmanaged<nint*, nuint, CudaResult> _memoryAllocate;
    private delegate* unmanaged<nint, CudaResult> _memoryFree, _hostFree;
    private delegate* unmanaged<nint*, nuint, nint, CudaResult> _memoryAllocateAsync;
    private delegate* unmanaged<nint, nint, CudaResult> _memoryFreeAsync;
    private delegate* unmanaged<nint*, int, CudaResult> _defaultPool;
    private delegate* unmanaged<nint, CudaPoolAttribute, ulong*, CudaResult> _poolGet, _poolSet;
    private delegate* unmanaged<nint, nuint, CudaResult> _poolTrim;
    private delegate* unmanaged<nint*, nuint, uint, CudaResult> _hostAllocate;
    private delegate* unmanaged<nint, void*, nuint, nint, CudaResult> _copyToDevice;
    private delegate* unmanaged<void*, nint, nuint, nint, CudaResult> _copyToHost;
    private delegate* unmanaged<nint, byte, nuint, nint, CudaResult> _fill;

    public CudaResult MemoryInfo(out long free, out long total)
    {
        nuint freeBytes = 0, totalBytes = 0;
        var result = _memoryInfo(&freeBytes, &totalBytes);
        (free, total) = ((long)freeBytes, (long)totalBytes);
        return result;
    }

    public CudaResult MemoryAllocate(long bytes, out nint address)
    {
        fixed (nint* to = &address) return _memoryAllocate(to, (nuint)bytes);
    }

    public CudaResult MemoryFree(nint address) => _memoryFree(address);

    public CudaResult MemoryAllocateAsync(long bytes, nint stream, out nint address)
    {
        address = 0;
        if (_memoryAllocateAsync == null) return CudaResult.NotSupported;
        fixed (nint* to = &address) return _memoryAllocateAsync(to, (nuint)bytes, stream);
    }

    public CudaResult MemoryFreeAsync(nint address, nint stream) =>
        _memoryFreeAsync == null ? CudaResult.NotSupported : _memoryFreeAsync(address, stream);

    public CudaResult DefaultPool(int device, out nint pool)
    {
        pool = 0;
        if (_defaultPool == null) return CudaResult.NotSupported;
        fixed (nint* to = &pool) return _defaultPool(to, device);
    }

    public CudaResult PoolGet(nint pool, CudaPoolAttribute attribute, out ulong value)
    {
        value = 0;
        if (_poolGet == null) return CudaResult.NotSupported;
        fixed (ulong* to = &value) return _poolGet(pool, attribute, to);
    }

    public CudaResult PoolSet(nint pool, CudaPoolAttribute attribute, ulong value) =>
        _poolSet == null ? CudaResult.NotSupported : _poolSet(pool, attribute, &value);

    public CudaResult PoolTrim(nint pool, long keptBytes) =>
        _poolTrim == null ? CudaResult.NotSupported : _poolTrim(pool, (nuint)keptBytes);

    public CudaResult HostAllocate(long bytes, out nint address)
    {
        fixed (nint* to = &address) return _hostAllocate(to, (nuint)bytes, 0);
    }

    public CudaResult HostFree(nint address) => _hostFree(address);

    public CudaResult CopyToDevice(nint target, void* source, long bytes, nint stream) =>
        _copyToDevice(target, source, (nuint)bytes, stream);

    public CudaResult CopyToHost(void* target, nint source, long bytes, nint stream) => _copyToHost(target, source, (nuint)bytes, stream);

    public CudaResult Fill(nint target, byte value, long bytes, nint stream) => _fill(target, value, (nuint)bytes, stream);

    private void FindMemory()
    {
        _memoryInfo = (delegate* unmanaged<nuint*, nuint*, CudaResult>)Find("cuMemGetInfo_v2");
        _memoryAllocate = (delegate* unmanaged<nint*, nuint, CudaResult>)Find("cuMemAlloc_v2");
        _memoryFree = (delegate* unmanaged<nint, CudaResult>)Find("cuMemFree_v2");
        _hostAllocate = (delegate* unmanaged<nint*, nuint, uint, CudaResult>)Find("cuMemHostAlloc");
        _hostFree = (delegate* unmanaged<nint, CudaResult>)Find("cuMemFreeHost");
        _copyToDevice = (delegate* unmanaged<nint, void*, nuint, nint, CudaResult>)Find("cuMemcpyHtoDAsync_v2");
        _copyToHost = (delegate* unmanaged<void*, nint, nuint, nint, CudaResult>)Find("cuMemcpyDtoHAsync_v2");
        _fill = (delegate* unmanaged<nint, byte, nuint, nint, CudaResult>)Find("cuMemsetD8Async");
        _memoryAllocateAsync = (delegate* unmanaged<nint*, nuint, nint, CudaResult>)TryFind("cuMemAllocAsync");
        _memoryFreeAsync = (delegate* unmanaged<nint, nint, CudaResult>)TryFind("cuMemFreeAsync");
        _defaultPool = (delegate* unmanaged<nint*, int, CudaResult>)TryFind("cuDeviceGetDefaultMemPool");
        _poolGet = (delegate* unmanaged<nint, CudaPoolAttribute, ulong*, CudaResult>)TryFind("cuMemPoolGetAttribute");
        _poolSet = (delegate* unmanaged<nint, CudaPoolAttribute, ulong*, CudaResult>)TryFind("cuMemPoolSetAttribute");
        _poolTrim = (delegate* unmanaged<nint, nuint, CudaResult>)TryFind("cuMemPoolTrimTo");
    }
}
