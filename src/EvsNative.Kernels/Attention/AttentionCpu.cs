using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

#pragma warning disable CS9113, CA1822
internal sealed class AttentionCpu(CpuWorkers workers, Scratch scratch)
{
    public void Run(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) => throw new NotSupportedException();
}
