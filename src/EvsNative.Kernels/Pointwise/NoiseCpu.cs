using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

#pragma warning disable CS9113, CA1822
internal sealed class NoiseCpu(CpuWorkers workers)
{
    public void Run(Tensor y, in NoiseKey key) => throw new NotSupportedException();
}
