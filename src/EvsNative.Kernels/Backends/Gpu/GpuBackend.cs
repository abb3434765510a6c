using System.Runtime.InteropServices;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Backends;

/// <summary>A GPU with the portable kernels, and those for tensor cores where it has such.</summary>
internal sealed class GpuBackend(GpuRuntime gpu, Scratch scratch) : IBackend
{
    private readonly OperationTable _operations = GpuOperations.Table(gpu, scratch);

    public string Description => gpu.Description;

    public GpuRuntime Gpu => gpu;

    public IKernels Kernels => _operations;

    public CancellationToken Cancellation
    {
        get => gpu.Cancellation;
        set => gpu.Cancellation = value;
    }

    public long MaxAllocationBytes => gpu.Caps.MaxAllocationBytes;

    // Products on sm_75 leave none, to spare registers.
    public bool LeavesMoments => gpu.Caps.TensorCores == TensorGeneration.Ampere;

    public DeviceBuffer Allocate(long bytes) => gpu.Allocate(bytes);

    public void Write(Tensor y, ReadOnlySpan<float> values)
    {
        var buffer = (GpuBuffer)y.Buffer;
        long offset = y.Offset * y.Type.Bytes();
        if (y.Type == ElementType.Float32)
        {
            gpu.Write(buffer, offset, MemoryMarshal.AsBytes(values));
            return;
        }

        var halves = new Half[values.Length];
        for (int i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
        gpu.Write(buffer, offset, MemoryMarshal.AsBytes<Half>(halves));
    }

    public void Read(Tensor x, Span<float> values)
    {
        var buffer = (GpuBuffer)x.Buffer;
        long offset = x.Offset * x.Type.Bytes();
        if (x.Type == ElementType.Float32)
        {
            gpu.Read(buffer, offset, MemoryMarshal.AsBytes(values));
            return;
        }

        var halves = new Half[values.Length];
        gpu.Read(buffer, offset, MemoryMarshal.AsBytes(halves.AsSpan()));
        for (int i = 0; i < halves.Length; i++) values[i] = (float)halves[i];
    }

    public void Synchronize() => gpu.Synchronize();

    public void Replay(object key, Action body) => gpu.Replay(key, body);

    public void Dispose()
    {
        _operations.Dispose();
        gpu.Dispose();
    }
}
