using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

#pragma warning disable CS9113, CA1822
internal sealed class PointwiseCpu(CpuWorkers workers)
{
    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) => throw new NotSupportedException();

    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3) => throw new NotSupportedException();

    public void Activate(Tensor y, Tensor x, Activation activation) => throw new NotSupportedException();

    public void Copy(Tensor y, Tensor x) => throw new NotSupportedException();

    public long CountNonFinite(Tensor x) => throw new NotSupportedException();
}
