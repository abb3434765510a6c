using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

#pragma warning disable CS9113, CA1822
internal sealed class ResizeCpu(CpuWorkers workers)
{
    public void Run(Tensor y, Tensor x, Interpolation interpolation) => throw new NotSupportedException();
}
