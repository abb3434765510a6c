using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Backends;

/// <summary>The processor's cores and the host's memory.</summary>
internal sealed unsafe class CpuBackend : IBackend
{
    private readonly CpuWorkers _workers;
    private readonly int _vectorBits;

    public CpuBackend(int threads, int vectorBits, Scratch scratch)
    {
        _vectorBits = vectorBits > 0 ? vectorBits : CpuWidth.Widest;
        _workers = new CpuWorkers(threads > 0 ? threads : Environment.ProcessorCount);
        Kernels = CpuWidth.Kernels(_vectorBits, _workers, scratch);
    }

    public string Description => $"CPU, {_workers.Count} {(_workers.Count == 1 ? "thread" : "threads")}, {_vectorBits}-bit vectors";

    public IKernels Kernels { get; }

    public CancellationToken Cancellation
    {
        get => _workers.Cancellation;
        set => _workers.Cancellation = value;
    }

    public DeviceBuffer Allocate(long bytes) => new HostBuffer(bytes);

    public void Write(Tensor y, ReadOnlySpan<float> values) => values.CopyTo(new Span<float>(y.Floats(), values.Length));

    public void Read(Tensor x, Span<float> values) => new ReadOnlySpan<float>(x.Floats(), values.Length).CopyTo(values);

    public void Dispose()
    {
        _workers.Dispose();
        (Kernels as IDisposable)?.Dispose();
    }
}
