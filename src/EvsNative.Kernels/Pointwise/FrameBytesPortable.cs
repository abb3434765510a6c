using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Pointwise;

internal sealed class FrameBytesPortable(GpuRuntime gpu, Scratch scratch)
{
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) => throw new NotSupportedException(gpu.Description + scratch);

    public void ToBytes(Span<byte> rgb, Tensor x) => throw new NotSupportedException(gpu.Description);
}
