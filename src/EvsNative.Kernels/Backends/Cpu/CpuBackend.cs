using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Backends;

/// <summary>
/// The processor's cores and the host's memory. With dry workers it is the dry run of itself: the same operations rent the same memory, of
/// which only the sizes exist, and nobody computes.
/// </summary>
internal sealed unsafe class CpuBackend : IBackend
{
    private readonly CpuWorkers _workers;
    private readonly OperationTable _operations;
    private readonly int _vectorBits;

    /// <param name="workers">who computes; the backend owns them</param>
    /// <param name="vectorBits">128, 256 or 512; 0 takes the widest vectors</param>
    /// <param name="scratch">temporary memory</param>
    public CpuBackend(CpuWorkers workers, int vectorBits, Scratch scratch)
    {
        _workers = workers;
        _vectorBits = vectorBits > 0 ? vectorBits : CpuWidth.Widest;
        _operations = CpuOperations.Table(_vectorBits, workers, scratch);
    }

    public string Arithmetic => $"CPU, {_vectorBits}-bit vectors";

    public string Description => _workers.IsDry
        ? "dry run"
        : $"CPU, {_workers.Count} {(_workers.Count == 1 ? "thread" : "threads")}, {_vectorBits}-bit vectors";

    public IKernels Kernels => _operations;

    public CancellationToken Cancellation
    {
        get => _workers.Cancellation;
        set => _workers.Cancellation = value;
    }

    public DeviceBuffer Allocate(long bytes) => _workers.Allocate(bytes);

    public void Write(Tensor y, ReadOnlySpan<float> values)
    {
        if (!_workers.IsDry) values.CopyTo(new Span<float>(y.Floats(), values.Length));
    }

    public void Read(Tensor x, Span<float> values)
    {
        if (_workers.IsDry) values.Clear();
        else new ReadOnlySpan<float>(x.Floats(), values.Length).CopyTo(values);
    }

    public void Dispose()
    {
        _workers.Dispose();
        _operations.Dispose();
    }
}
