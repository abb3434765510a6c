using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Pointwise;

internal sealed class ResizePortable(GpuRuntime gpu)
{
    public void Run(Tensor y, Tensor x, Interpolation interpolation) => throw new NotSupportedException(gpu.Description);
}
