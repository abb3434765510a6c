using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

#pragma warning disable CS9113, CA1822
internal sealed class GroupNormCpu(CpuWorkers workers, Scratch scratch)
{
    public void Run(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation) => throw new NotSupportedException();
}
