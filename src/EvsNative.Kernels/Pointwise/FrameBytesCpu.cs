using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Pointwise;

#pragma warning disable CS9113, CA1822
internal sealed class FrameBytesCpu(CpuWorkers workers)
{
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) => throw new NotSupportedException();

    public void ToBytes(Span<byte> rgb, Tensor x) => throw new NotSupportedException();
}
