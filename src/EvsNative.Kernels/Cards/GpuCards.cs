using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cards;

/// <summary>
/// The cards that plans are made for. Limits: NVIDIA's white papers and data sheets of the architectures, tables of the CUDA C++
/// Programming Guide for capabilities, public measurements for what those do not say. Rates: expectations by the kernels' designs, none of
/// them seen on a card by us; <c>bench model</c> derives them from machine code, the first run on a card holds them to measurements.
/// </summary>
public static class GpuCards
{
    private const double Tera = 1e12;
    private const long MiB = 1 << 20, GiB = 1 << 30;

    // A kernel of a recorded pass begins about so long after the one before it has ended.
    private const double Gap = 1.5e-6;

    /// <summary>H100 SXM5, 80 GB of HBM3.</summary>
    public static GpuCard H100 { get; } = Hopper(
        "h100", "H100", memory: 79.1, bytes: 3.35, copy: 2.95,
        new KernelRates(44 * Tera, 44 * Tera, 32, OnHopperPortable, 2.7 * Tera, 2.5 * Tera, Gap),
        new KernelRates(430 * Tera, 200 * Tera, 48, OnHopper, 2.7 * Tera, 2.5 * Tera, Gap));

    /// <summary>H200 SXM5, 141 GB of HBM3e.</summary>
    public static GpuCard H200 { get; } = Hopper(
        "h200", "H200", memory: 139.8, bytes: 4.8, copy: 4.3,
        new KernelRates(44 * Tera, 44 * Tera, 32, OnHopperPortable, 3.9 * Tera, 3.7 * Tera, Gap),
        new KernelRates(430 * Tera, 200 * Tera, 48, OnHopper, 3.9 * Tera, 3.7 * Tera, Gap));

    /// <summary>A100 SXM4, 80 GB of HBM2e.</summary>
    public static GpuCard A100 { get; } = new(
        "a100",
        Nvidia("A100", 80, 108, 79.2, optInKilobytes: 163),
        new GpuLimits
        {
            // A100 white paper: 312, 156 and 19.5 TFLOP/s at 1.41 GHz, 40 MB of cache; mma.sync is its fastest instruction.
            ClockHertz = 1.41e9,
            Multiprocessors = 108,
            HalfFlops = 312 * Tera,
            HalfMmaFlops = 312 * Tera,
            Tf32Flops = 156 * Tera,
            Tf32MmaFlops = 156 * Tera,
            FloatFlops = 19.5 * Tera,
            MemoryBytes = 2.039 * Tera,
            CopyBytes = 1.8 * Tera,
            CacheBytes = 40 * MiB,
            CacheBytesPerCycle = 30,
        },
        // Half as many multiply-adds a cycle as Hopper and as many instructions: the former bound the portable kernels here.
        Portable: new KernelRates(
            16.5 * Tera, 16.5 * Tera, 32, new HeadRates(14.5 * Tera, 15.5 * Tera, 15.5 * Tera, 12 * Tera, 1),
            1.7 * Tera, 1.6 * Tera, Gap),
        Tensor: new KernelRates(
            250 * Tera, 125 * Tera, 48, new HeadRates(140 * Tera, 170 * Tera, 170 * Tera, 130 * Tera, 0.5),
            1.7 * Tera, 1.6 * Tera, Gap));

    /// <summary>GeForce RTX 4090, 24 GB of GDDR6X.</summary>
    public static GpuCard Rtx4090 { get; } = new(
        "rtx4090",
        Nvidia("GeForce RTX 4090", 89, 128, 23.6, optInKilobytes: 99),
        new GpuLimits
        {
            // Ada white paper: 165.2 TFLOP/s of binary16 with float32 sums, 82.6 of tf32 and of float32 at 2.52 GHz, 72 MB of cache.
            ClockHertz = 2.52e9,
            Multiprocessors = 128,
            HalfFlops = 165.2 * Tera,
            HalfMmaFlops = 165.2 * Tera,
            Tf32Flops = 82.6 * Tera,
            Tf32MmaFlops = 82.6 * Tera,
            FloatFlops = 82.6 * Tera,
            MemoryBytes = 1.008 * Tera,
            CopyBytes = 0.93 * Tera,
            CacheBytes = 72 * MiB,
            CacheBytesPerCycle = 25,
        },
        Portable: new KernelRates(
            57 * Tera, 57 * Tera, 32, new HeadRates(31 * Tera, 36 * Tera, 39 * Tera, 26 * Tera, 1), 0.9 * Tera, 0.88 * Tera, Gap),
        Tensor: new KernelRates(
            150 * Tera, 75 * Tera, 32, new HeadRates(130 * Tera, 135 * Tera, 135 * Tera, 110 * Tera, 0.5),
            0.9 * Tera, 0.88 * Tera, Gap));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GpuCard> All { get; } = [H100, H200, A100, Rtx4090];

    /// <summary>The card of a name as a driver reports it, such as "NVIDIA H200"; null if it is none of these, or a part of one.</summary>
    public static GpuCard? Named(string name) =>
        name.Contains("MIG", StringComparison.Ordinal) ? null
        : All.FirstOrDefault(card => name.Split(' ', '-').Contains(card.Caps.Name.Split(' ')[^1], StringComparer.OrdinalIgnoreCase));

    // From the instructions of the portable kernels: 37 to 49 % of what multiply-adds reach.
    private static HeadRates OnHopperPortable => new(24 * Tera, 28 * Tera, 30 * Tera, 20 * Tera, 1);

    // Exponentials alone allow 593 at 40 channels, mma.sync 610 before tiles are filled.
    private static HeadRates OnHopper => new(220 * Tera, 270 * Tera, 270 * Tera, 180 * Tera, 0.5);

    /// <summary>
    /// H100 white paper: 989.4, 494.7 and 66.9 TFLOP/s, 50 MB of cache. mma.sync reaches 62 % of the dense rate (microbenchmarks that
    /// others published); 1.755 GHz is what a card holds under load.
    /// </summary>
    private static GpuCard Hopper(
        string word, string name, double memory, double bytes, double copy, KernelRates portable, KernelRates tensor) => new(
        word,
        Nvidia(name, 90, 132, memory, optInKilobytes: 227),
        new GpuLimits
        {
            ClockHertz = 1.755e9,
            Multiprocessors = 132,
            HalfFlops = 989.4 * Tera,
            HalfMmaFlops = 610 * Tera,
            Tf32Flops = 494.7 * Tera,
            Tf32MmaFlops = 305 * Tera,
            FloatFlops = 66.9 * Tera,
            MemoryBytes = bytes * Tera,
            CopyBytes = copy * Tera,
            CacheBytes = 50 * MiB,
            CacheBytesPerCycle = 30,
        },
        portable,
        tensor);

    /// <summary>As a driver reports it: less memory than stands on the box, 48 KB of shared memory without asking.</summary>
    private static GpuCaps Nvidia(string name, int sm, int multiprocessors, double gibibytes, int optInKilobytes) => new()
    {
        Name = name,
        Vendor = GpuVendor.Nvidia,
        Sm = sm,
        Multiprocessors = multiprocessors,
        MaxThreads = 1024,
        SharedBytes = 48 << 10,
        OptInSharedBytes = optInKilobytes << 10,
        MemoryBytes = (long)(gibibytes * GiB),
    };
}
