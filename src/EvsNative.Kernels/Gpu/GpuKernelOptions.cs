namespace EvsNative.Kernels.Gpu;

/// <summary>What a kernel needs beyond groups and threads.</summary>
/// <param name="SharedBytes">dynamic shared memory of a group, beside its static arrays; CUDA only</param>
/// <param name="MinGroups">
/// groups that a multiprocessor is to hold at once, which bounds registers: a hint that CUDA takes; 0 gives none
/// </param>
/// <param name="Cluster">groups in x that share their shared memory (sm_90); 0 for none</param>
/// <param name="IsOverlapping">it may start while the kernel before it ends, and waits itself where it must; taken on sm_90</param>
internal readonly record struct GpuKernelOptions(int SharedBytes = 0, int MinGroups = 0, int Cluster = 0, bool IsOverlapping = false)
{
    /// <summary>The first architecture that has clusters and overlapping starts.</summary>
    public const int ClusterSm = 90;

    /// <summary>Why a device cannot run such a kernel; null if it can.</summary>
    public string? Objection(GpuCaps caps) => caps switch
    {
        { Sm: 0 } when SharedBytes > 0 => "it needs dynamic shared memory, which only CUDA devices have",
        { Sm: < ClusterSm } when Cluster > 0 => $"it needs clusters of groups, which only CUDA devices from sm_{ClusterSm} on have",
        _ when SharedBytes > caps.OptInSharedBytes =>
            $"it needs {SharedBytes} bytes of shared memory a group, {caps.OptInSharedBytes} are possible",
        _ => null,
    };
}
