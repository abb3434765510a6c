using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Conv;

#pragma warning disable CS9113, CA1822
internal sealed class Conv2dCpu(CpuWorkers workers, Scratch scratch)
{
    public void Run(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue) => throw new NotSupportedException();
}
