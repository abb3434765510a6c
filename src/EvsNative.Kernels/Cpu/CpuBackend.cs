using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>The processor's cores and the host's memory.</summary>
internal sealed unsafe class CpuBackend : IBackend
{
    private readonly CpuWorkers _workers;
    private readonly CpuKernels _kernels;

    public CpuBackend(int threads, Scratch scratch)
    {
        _workers = new CpuWorkers(threads > 0 ? threads : Environment.ProcessorCount);
        _kernels = new CpuKernels(_workers, scratch);
    }

    public string Description => $"CPU, {_workers.Count} {(_workers.Count == 1 ? "thread" : "threads")}, {Vector}";

    public IKernels Kernels => _kernels;

    public CancellationToken Cancellation
    {
        get => _workers.Cancellation;
        set => _workers.Cancellation = value;
    }

    private static string Vector => Vector512.IsHardwareAccelerated ? "512-bit vectors"
        : Vector256.IsHardwareAccelerated ? "256-bit vectors"
        : Vector128.IsHardwareAccelerated ? "128-bit vectors" : "no vectors";

    public DeviceBuffer Allocate(long bytes) => new HostBuffer(bytes);

    public void Write(Tensor y, ReadOnlySpan<float> values) => values.CopyTo(new Span<float>(y.Floats(), values.Length));

    public void Read(Tensor x, Span<float> values) => new ReadOnlySpan<float>(x.Floats(), values.Length).CopyTo(values);

    public void Dispose()
    {
        _workers.Dispose();
        _kernels.Dispose();
    }
}

/// <summary>Host addresses of tensors.</summary>
internal static unsafe class HostTensor
{
    /// <summary>The first element of a float32 tensor in host memory.</summary>
    public static float* Floats(this Tensor tensor) => tensor.Type == ElementType.Float32
        ? (float*)((HostBuffer)tensor.Buffer).Pointer + tensor.Offset
        : throw new NotSupportedException("the CPU backend keeps float32");

    /// <summary>The first element, or null where there is no tensor.</summary>
    public static float* Floats(this Tensor? tensor) => tensor is { } t ? t.Floats() : null;
}
