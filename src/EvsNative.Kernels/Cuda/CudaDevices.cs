using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>Placeholder of the branch that is under way.</summary>
internal static class CudaDevices
{
    public static IReadOnlyList<GpuCaps> Find() => throw new DeviceException("not yet");
}
