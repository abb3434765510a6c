using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

#pragma warning disable CS9113, CA1822
internal sealed class LayerNormCpu(CpuWorkers workers)
{
    public void Run(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) => throw new NotSupportedException();
}
