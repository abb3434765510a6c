using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Pointwise;

internal sealed class EmbedPortable(GpuRuntime gpu, Scratch scratch)
{
    public void Run(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) => throw new NotSupportedException(gpu.Description + scratch);
}
