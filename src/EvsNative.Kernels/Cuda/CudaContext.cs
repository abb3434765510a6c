namespace EvsNative.Kernels.Cuda;

/// <summary>
/// A device's primary context, retained, and one stream in it in which everything happens in order. The context is made current on whatever
/// thread calls. After an error that no context survives, every call gives the line of that error.
/// </summary>
internal sealed class CudaContext : IDisposable
{
    // Which context each thread has current: other devices of the process may be used on the same thread in turns.
    [ThreadStatic]
    private static long _currentSerial;

    private static long _lastSerial;

    private readonly long _serial = Interlocked.Increment(ref _lastSerial);
    private readonly nint _handle;
    private readonly nint _stream;
    private string? _lost;
    private bool _isDisposed;

    /// <param name="driver">initialised</param>
    /// <param name="device">the driver's number of it</param>
    /// <param name="failure">makes an error of a line</param>
    /// <exception cref="DeviceException">the device is taken, broken or out of memory</exception>
    public CudaContext(ICudaDriver driver, int device, Func<string, DeviceException> failure)
    {
        (Driver, Device, Failure) = (driver, device, failure);
        Check(driver.PrimaryContextRetain(device, out _handle), "the device cannot be opened");
        try
        {
            Enter();
            Check(driver.StreamCreate(out _stream), "no stream can be made");
        }
        catch
        {
            Close();
            throw;
        }
    }

    public ICudaDriver Driver { get; }

    /// <summary>The driver's number of the device.</summary>
    public int Device { get; }

    public nint Stream => _stream;

    /// <summary>Makes an error of a line; it adds what was going on.</summary>
    public Func<string, DeviceException> Failure { get; }

    /// <summary>True once nothing works any more.</summary>
    public bool IsLost => _lost is not null;

    /// <summary>What every use begins with: the context is current on this thread, and alive.</summary>
    /// <exception cref="DeviceException">it is not alive</exception>
    public void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_lost is not null) throw new DeviceException(_lost);
        if (_currentSerial == _serial) return;
        Check(Driver.SetCurrentContext(_handle), "the device cannot be used on this thread");
        _currentSerial = _serial;
    }

    /// <summary>Nothing if all is well; else an error that says what could not be done, and why.</summary>
    public void Check(CudaResult result, string what)
    {
        if (result == CudaResult.Success) return;
        string hint = result.IsFatal() ? "; EVSNATIVE_SYNC=1 names the kernel that did it" : "";
        var failure = Failure($"{what}: {Driver.Describe(result)}{hint}");
        if (result.IsFatal()) _lost = failure.Message;
        throw failure;
    }

    /// <summary>Waits for the stream.</summary>
    public void Synchronize()
    {
        Enter();
        Check(Driver.StreamSynchronize(_stream), "the device failed");
    }

    /// <summary>Like <see cref="Enter"/> for freeing things: false where there is nothing left to be careful about.</summary>
    public bool TryEnter()
    {
        if (_isDisposed) return false;
        if (_currentSerial == _serial) return true;
        if (Driver.SetCurrentContext(_handle) != CudaResult.Success) return false;
        _currentSerial = _serial;
        return true;
    }

    /// <summary>Waits for the stream if it still can: what its work uses may be freed afterwards.</summary>
    public void Settle()
    {
        if (TryEnter()) Driver.StreamSynchronize(_stream);
    }

    /// <summary>Gives stream and context back. All else must have been freed, and its work be settled.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        TryEnter();
        Close();
    }

    private void Close()
    {
        if (_stream != 0) Driver.StreamDestroy(_stream);
        if (_currentSerial == _serial)
        {
            Driver.SetCurrentContext(0);
            _currentSerial = 0;
        }

        Driver.PrimaryContextRelease(Device);
        _isDisposed = true;
    }
}
