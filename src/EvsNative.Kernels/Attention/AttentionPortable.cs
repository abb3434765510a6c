using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

internal sealed class AttentionPortable(GpuRuntime gpu)
{
    public void Run(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) => throw new NotSupportedException(gpu.Description);
}
