namespace EvsNative.Kernels.Cuda;

/// <summary>The driver that devices are opened on.</summary>
internal static class CudaDriver
{
    /// <summary>Gives the system's. A rehearsal without a GPU puts one here that interprets kernels.</summary>
    public static Func<ICudaDriver> Load { get; set; } = () => NativeCudaDriver.Load();
}
