using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

#pragma warning disable CS9113, CA1822
internal sealed class LinearCpu(CpuWorkers workers, Scratch scratch)
{
    public void Run(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) => throw new NotSupportedException();

    public void RunSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) => throw new NotSupportedException();

    public void RunGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) => throw new NotSupportedException();
}
