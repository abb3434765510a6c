using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Pointwise;

internal sealed class NoisePortable(GpuRuntime gpu)
{
    public void Run(Tensor y, in NoiseKey key) => throw new NotSupportedException(gpu.Description);
}
