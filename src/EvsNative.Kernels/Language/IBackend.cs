namespace EvsNative.Kernels;

/// <summary>What a processor must offer: memory, transfers and the vocabulary.</summary>
internal interface IBackend : IDisposable
{
    string Description { get; }

    /// <summary>The same without what changes no bit of a result, such as a number of threads.</summary>
    string Arithmetic => Description;

    IKernels Kernels { get; }

    CancellationToken Cancellation { get; set; }

    /// <summary>Largest single buffer.</summary>
    long MaxAllocationBytes => long.MaxValue;

    /// <summary>True if products leave the moments of their results.</summary>
    bool LeavesMoments => false;

    DeviceBuffer Allocate(long bytes);

    void Write(Tensor y, ReadOnlySpan<float> values);

    void Read(Tensor x, Span<float> values);

    /// <summary>Waits until everything that was started is done.</summary>
    void Synchronize() { }

    /// <summary>Does a body, or what was recorded of it under the same key.</summary>
    void Replay(object key, Action body) => body();
}
