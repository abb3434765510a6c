using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

internal sealed class LinearPortable(GpuRuntime gpu)
{
    public void Run(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) => throw new NotSupportedException(gpu.Description);

    public void RunSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) => throw new NotSupportedException(gpu.Description);

    public void RunGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) => throw new NotSupportedException(gpu.Description);
}
