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
