using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Backends;

/// <summary>A family of kernels that multiply by filters on GPUs.</summary>
/// <param name="Suits">true if it can read a filter of this shape and storage on such a device</param>
/// <param name="Packing">who packs for it on a device</param>
internal sealed record FilterFamily(Func<FilterShape, WeightStorage, GpuCaps, bool> Suits, Func<GpuRuntime, IFilterPacking> Packing)
{
    // The first that suits takes a filter; the last suits always.
    private static readonly FilterFamily[] All =
    [
        new(FilterPackingTensor.Suits, gpu => new FilterPackingTensor(gpu, new FilterPackingPortable(gpu))),
        new((_, _, _) => true, gpu => new FilterPackingPortable(gpu)),
    ];

    /// <summary>Who will read a filter: by its shape, its storage and what the device can do alone.</summary>
    public static FilterFamily Of(FilterShape shape, WeightStorage storage, GpuCaps caps) =>
        All.First(family => family.Suits(shape, storage, caps));
}

/// <summary>Packs each filter for the family that will read it.</summary>
internal sealed class FilterPackingGpu(GpuRuntime gpu) : IFilterPacking
{
    private readonly Dictionary<FilterFamily, IFilterPacking> _families = [];

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var family = FilterFamily.Of(shape, storage, gpu.Caps);
        if (!_families.TryGetValue(family, out var packing)) _families[family] = packing = family.Packing(gpu);
        return packing.Pack(shape, weights, storage);
    }
}
