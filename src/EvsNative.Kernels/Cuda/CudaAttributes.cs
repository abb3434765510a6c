using System.Runtime.InteropServices;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>CUdevice_attribute.</summary>
internal enum CudaDeviceAttribute
{
    MaxThreads = 1,
    MaxGridY = 6,
    MaxGridZ = 7,
    SharedBytes = 8,
    Multiprocessors = 16,
    CapabilityMajor = 75,
    CapabilityMinor = 76,
    SharedBytesOptIn = 97,
    MemoryPoolsSupported = 115,
}

/// <summary>CUfunction_attribute.</summary>
internal enum CudaFunctionAttribute
{
    MaxThreads = 0,
    StaticSharedBytes = 1,
    LocalBytes = 3,
    Registers = 4,
    MaxDynamicSharedBytes = 8,
}

/// <summary>CUmemPool_attribute; all of these are 64 bits.</summary>
internal enum CudaPoolAttribute
{
    ReleaseThreshold = 4,
    ReservedBytes = 5,
    UsedBytes = 7,
}

/// <summary>A launch's groups, its threads in one dimension and its dynamic shared memory.</summary>
internal readonly record struct CudaLaunchShape(Groups Groups, int Threads, int SharedBytes = 0);

/// <summary>CUlaunchAttribute: an id and a value of 64 bytes, of which at most three numbers are used here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal readonly struct CudaLaunchAttribute
{
    [FieldOffset(0)]
    public readonly int Id;

    [FieldOffset(8)]
    public readonly int X;

    [FieldOffset(12)]
    public readonly int Y;

    [FieldOffset(16)]
    public readonly int Z;

    private CudaLaunchAttribute(int id, int x, int y, int z) => (Id, X, Y, Z) = (id, x, y, z);

    /// <summary>Groups in x that run together and see each other's shared memory.</summary>
    public static CudaLaunchAttribute Cluster(int groups) => new(4, groups, 1, 1);

    /// <summary>The kernel may begin before the one before it has ended; it waits itself where it must.</summary>
    public static CudaLaunchAttribute Overlapping() => new(6, 1, 0, 0);
}
