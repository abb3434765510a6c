namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Device memory: the driver's stream-ordered pool, which keeps what is freed for the next who asks, or plain allocations where there is no
/// pool, or one that gives nothing (in some virtual machines). It knows what is allocated, so that nothing outlives the device.
/// </summary>
internal sealed class CudaMemory : IDisposable
{
    private readonly CudaContext _context;
    private readonly HashSet<nint> _live = [];
    private readonly nint _pool;

    /// <exception cref="DeviceException">the driver says that there is a pool and does not give it</exception>
    public CudaMemory(CudaContext context)
    {
        _context = context;
        var driver = context.Driver;
        context.Check(driver.DeviceAttribute(context.Device, CudaDeviceAttribute.MemoryPoolsSupported, out int hasPools),
            "the device's memory is unknown");
        if (hasPools == 0) return;
        var result = driver.DefaultPool(context.Device, out nint pool);
        if (result == CudaResult.NotSupported) return;
        context.Check(result, "the device's memory pool is not to be had");

        // By default a pool gives everything back whenever the host waits.
        context.Check(driver.PoolSet(pool, CudaPoolAttribute.ReleaseThreshold, ulong.MaxValue),
            "the device's memory pool cannot be set up");
        if (driver.MemoryAllocateAsync(1, context.Stream, out nint tried) != CudaResult.Success) return;
        driver.MemoryFreeAsync(tried, context.Stream);
        _pool = pool;
    }

    /// <summary>Bytes that can be allocated: what is free, and what the pool keeps unused.</summary>
    public long FreeBytes
    {
        get
        {
            var (free, _) = Information();
            return free + UnusedBytes();
        }
    }

    /// <exception cref="DeviceException">there is no room</exception>
    public nint Allocate(long bytes)
    {
        _context.Enter();
        var result = TryAllocate(bytes, out nint address);
        if (result == CudaResult.OutOfMemory && _pool != 0)
        {
            // What lies in pieces in the pool may do in one piece.
            _context.Synchronize();
            _context.Check(_context.Driver.PoolTrim(_pool, 0), "the device's memory pool cannot be trimmed");
            result = TryAllocate(bytes, out address);
        }

        if (result == CudaResult.OutOfMemory)
        {
            var (free, total) = Information();
            string facts = $"{InGigabytes(bytes)} GB more are needed, {InGigabytes(free)} of {InGigabytes(total)} GB are free";
            throw new DeviceMemoryException(_context.Failure(facts).Message);
        }

        _context.Check(result, "memory cannot be allocated");
        _live.Add(address);
        return address;
    }

    /// <summary>Once or more.</summary>
    public void Free(nint address)
    {
        if (!_live.Remove(address) || !_context.TryEnter()) return;
        if (_pool != 0) _context.Driver.MemoryFreeAsync(address, _context.Stream);
        else _context.Driver.MemoryFree(address);
    }

    public void Dispose()
    {
        foreach (nint address in _live.ToArray()) Free(address);
        if (_pool == 0 || !_context.TryEnter()) return;
        _context.Driver.StreamSynchronize(_context.Stream);
        _context.Driver.PoolTrim(_pool, 0);
    }

    private static string InGigabytes(long bytes) => (bytes / 1e9).ToString("F2");

    private CudaResult TryAllocate(long bytes, out nint address) => _pool != 0
        ? _context.Driver.MemoryAllocateAsync(bytes, _context.Stream, out address)
        : _context.Driver.MemoryAllocate(bytes, out address);

    private (long Free, long Total) Information()
    {
        _context.Enter();
        _context.Check(_context.Driver.MemoryInfo(out long free, out long total), "the device's memory is unknown");
        return (free, total);
    }

    private long UnusedBytes()
    {
        if (_pool == 0) return 0;
        const string What = "the device's memory pool is unknown";
        _context.Check(_context.Driver.PoolGet(_pool, CudaPoolAttribute.ReservedBytes, out ulong reserved), What);
        _context.Check(_context.Driver.PoolGet(_pool, CudaPoolAttribute.UsedBytes, out ulong used), What);
        return (long)(reserved - Math.Min(used, reserved));
    }
}
