namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Private working memory of each thread: tiles and tables that fit the caches. It grows to the largest need seen and stays. Dry workers
/// have none.
/// </summary>
internal sealed unsafe class WorkerBuffers(CpuWorkers workers) : IDisposable
{
    private const int Alignment = 4096;

    private DeviceBuffer? _buffer;
    private long _stride;

    /// <summary>Makes room for <paramref name="bytes"/> for each thread; what was there is lost.</summary>
    public void Ensure(long bytes)
    {
        if (_buffer is not null && bytes <= _stride) return;
        _buffer?.Dispose();
        _stride = (bytes + Alignment - 1) / Alignment * Alignment;
        _buffer = workers.Allocate(_stride * workers.Count);
    }

    /// <summary>The memory of thread 0; that of the others lies <see cref="Stride"/> bytes apart.</summary>
    public byte* First => _buffer!.Pointer();

    /// <summary>Bytes from one thread's memory to the next one's.</summary>
    public long Stride => _stride;

    public void Dispose() => _buffer?.Dispose();
}
