namespace EvsNative.Kernels.Gpu;

/// <summary>Who made a GPU.</summary>
public enum GpuVendor
{
    /// <summary>Anyone else, and processors that run OpenCL.</summary>
    Other,

    /// <summary>NVIDIA</summary>
    Nvidia,

    /// <summary>AMD</summary>
    Amd,

    /// <summary>Intel</summary>
    Intel,
}

/// <summary>Kinds of kernels, of which a device uses what it can. <c>EVSNATIVE_KERNELS</c> names those that may be used.</summary>
[Flags]
public enum KernelKinds
{
    /// <summary>For any GPU: the reference on it, and what takes over wherever no other kind can. Always used.</summary>
    Portable = 1,

    /// <summary>For NVIDIA's tensor cores, by mma.sync.</summary>
    Tensor = 2,

    /// <summary>Everything.</summary>
    All = Portable | Tensor,
}

/// <summary>What tensor cores a device has that kernels of ours use.</summary>
public enum TensorGeneration
{
    /// <summary>None, or they may not be used.</summary>
    None,

    /// <summary>sm_75: binary16 over 8 channels at a time, no asynchronous copies.</summary>
    Turing,

    /// <summary>sm_80 and later: binary16 over 16 channels, tf32, asynchronous copies.</summary>
    Ampere,
}

/// <summary>
/// What a device can do: all that the choice of a kernel and of its tiles may ask. Plans are pure functions of this and of shapes.
/// </summary>
public sealed record GpuCaps
{
    private const int LeastThreads = 256, LeastSharedBytes = 32 << 10;

    private readonly int _optInSharedBytes;

    /// <summary>The device's own name.</summary>
    public required string Name { get; init; }

    /// <summary>Who made it.</summary>
    public GpuVendor Vendor { get; init; }

    /// <summary>CUDA's compute capability times ten, such as 86; 0 where there is no CUDA.</summary>
    public int Sm { get; init; }

    /// <summary>True for a processor that runs OpenCL: threads of a group are iterations of a loop there.</summary>
    public bool IsProcessor { get; init; }

    /// <summary>Kinds of kernels that may be used on it.</summary>
    public KernelKinds Kernels { get; init; } = KernelKinds.All;

    /// <summary>The tensor cores that kernels may use.</summary>
    public TensorGeneration TensorCores => (Kernels & KernelKinds.Tensor) == 0 ? TensorGeneration.None
        : Sm >= 80 ? TensorGeneration.Ampere : Sm >= 75 ? TensorGeneration.Turing : TensorGeneration.None;

    /// <summary>Compute units (streaming multiprocessors).</summary>
    public int Multiprocessors { get; init; } = 1;

    /// <summary>Most threads of one group.</summary>
    public int MaxThreads { get; init; } = 256;

    /// <summary>Shared memory of one group in bytes that a kernel's static arrays may take.</summary>
    public int SharedBytes { get; init; } = 32 << 10;

    /// <summary>Shared memory of one group in bytes that a kernel may have where it asks for it, static arrays included.</summary>
    public int OptInSharedBytes
    {
        get => Math.Max(_optInSharedBytes, SharedBytes);
        init => _optInSharedBytes = value;
    }

    /// <summary>Device memory in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Largest single buffer in bytes.</summary>
    public long MaxAllocationBytes { get; init; } = long.MaxValue;

    /// <summary>Most groups in y and in z.</summary>
    public int MaxGridYZ { get; init; } = 65535;

    /// <summary>Why kernels cannot run on it, in words that follow the device's name; null if they can.</summary>
    public string? Shortfall => MaxThreads >= LeastThreads && SharedBytes >= LeastSharedBytes ? null
        : $"cannot be used: kernels need groups of {LeastThreads} threads and {LeastSharedBytes >> 10} KB of shared memory, "
            + $"it has {MaxThreads} and {SharedBytes >> 10} KB";

    /// <summary>The driver's version, as it says it.</summary>
    public string Driver { get; init; } = "";
}
