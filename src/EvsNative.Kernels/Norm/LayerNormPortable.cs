using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Norm;

internal sealed class LayerNormPortable(GpuRuntime gpu)
{
    public void Run(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) => throw new NotSupportedException(gpu.Description);
}
