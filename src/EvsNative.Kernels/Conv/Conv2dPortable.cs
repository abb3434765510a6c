using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Conv;

internal sealed class Conv2dPortable(GpuRuntime gpu)
{
    public void Run(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue) => throw new NotSupportedException(gpu.Description);
}
