using EvsNative.Kernels.Decorators;

namespace EvsNative.Kernels.Backends;

/// <summary>Does nothing, in no memory: dry runs of whole models.</summary>
internal sealed class NullBackend(Scratch scratch) : IBackend
{
    public string Description => "dry run";

    public IKernels Kernels { get; } = new NullKernels(scratch);

    public CancellationToken Cancellation { get; set; }

    public DeviceBuffer Allocate(long bytes) => new NullBuffer(bytes);

    public void Write(Tensor y, ReadOnlySpan<float> values) { }

    public void Read(Tensor x, Span<float> values) => values.Clear();

    public void Dispose() { }
}
