using EvsNative.Kernels.Cards;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Testing;

/// <summary>
/// Devices as their makers describe them, one for each generation, for dry runs and tests on machines without them. Sources: the CUDA C++
/// Programming Guide's table of compute capabilities, and what clinfo prints for the OpenCL ones.
/// </summary>
public static class GpuProfiles
{
    private const long GiB = 1L << 30;

    /// <summary>Pascal: no tensor cores.</summary>
    public static GpuCaps Pascal { get; } = Nvidia("Tesla P100", 60, 56, 16, 48);

    /// <summary>Turing: the first tensor cores of consumer cards.</summary>
    public static GpuCaps Turing { get; } = Nvidia("GeForce RTX 2080 Ti", 75, 68, 11, 64);

    /// <summary>Ampere, data centre.</summary>
    public static GpuCaps Ampere { get; } = Nvidia("A100", 80, 108, 40, 163);

    /// <summary>Ampere, consumer.</summary>
    public static GpuCaps AmpereConsumer { get; } = Nvidia("GeForce RTX 3090", 86, 82, 24, 99);

    /// <summary>Ada.</summary>
    public static GpuCaps Ada { get; } = GpuCards.Rtx4090.Caps;

    /// <summary>Hopper.</summary>
    public static GpuCaps Hopper { get; } = GpuCards.H100.Caps;

    /// <summary>Blackwell, data centre.</summary>
    public static GpuCaps Blackwell { get; } = Nvidia("B200", 100, 148, 180, 227);

    /// <summary>Blackwell, consumer.</summary>
    public static GpuCaps BlackwellConsumer { get; } = Nvidia("GeForce RTX 5090", 120, 170, 32, 99);

    /// <summary>AMD RDNA 3 through OpenCL.</summary>
    public static GpuCaps Amd { get; } = new()
    {
        Name = "Radeon RX 7900 XTX",
        Vendor = GpuVendor.Amd,
        Multiprocessors = 48,
        MaxThreads = 256,
        SharedBytes = 64 << 10,
        MemoryBytes = 24 * GiB,
        MaxAllocationBytes = 20 * GiB,
        MaxGridYZ = int.MaxValue,
    };

    /// <summary>An integrated Intel GPU through OpenCL: the weakest that we mean to serve.</summary>
    public static GpuCaps Intel { get; } = new()
    {
        Name = "Iris Xe",
        Vendor = GpuVendor.Intel,
        Multiprocessors = 96,
        MaxThreads = 256,
        SharedBytes = 32 << 10,
        MemoryBytes = 13 * GiB,
        MaxAllocationBytes = 4 * GiB,
        MaxGridYZ = int.MaxValue,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GpuCaps> All { get; } =
        [Pascal, Turing, Ampere, AmpereConsumer, Ada, Hopper, Blackwell, BlackwellConsumer, Amd, Intel];

    private static GpuCaps Nvidia(string name, int sm, int multiprocessors, int gigabytes, int optInKilobytes) => new()
    {
        Name = name,
        Vendor = GpuVendor.Nvidia,
        Sm = sm,
        Multiprocessors = multiprocessors,
        MaxThreads = 1024,
        SharedBytes = 48 << 10,
        OptInSharedBytes = optInKilobytes << 10,
        MemoryBytes = gigabytes * GiB,
    };
}
