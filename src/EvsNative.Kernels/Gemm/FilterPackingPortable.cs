using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

internal sealed class FilterPackingPortable(GpuRuntime gpu)
{
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => throw new NotSupportedException(gpu.Description);
}
