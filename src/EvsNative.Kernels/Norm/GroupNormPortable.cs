using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

internal sealed class GroupNormPortable(GpuRuntime gpu, Scratch scratch)
{
    public void Run(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation) => throw new NotSupportedException(gpu.Description + scratch);
}
