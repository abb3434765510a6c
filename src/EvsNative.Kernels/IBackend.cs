namespace EvsNative.Kernels;

/// <summary>What a processor must offer: memory, transfers and the vocabulary.</summary>
internal interface IBackend : IDisposable
{
    string Description { get; }

    IKernels Kernels { get; }

    CancellationToken Cancellation { get; set; }

    DeviceBuffer Allocate(long bytes);

    void Write(Tensor y, ReadOnlySpan<float> values);

    void Read(Tensor x, Span<float> values);
}
