using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>How a device is to be run.</summary>
/// <param name="Cache">of machine code</param>
/// <param name="IsSynchronous">wait after each kernel, so that an error names the one that made it; slow</param>
/// <param name="Driver">the driver's full version, as far as the system tells it: code of another one is not taken from the cache</param>
/// <param name="Kernels">kinds of kernels that may be used</param>
/// <param name="KeepsFactors">those that round factors stored as float32 are not used</param>
internal sealed record CudaSettings(
    KernelCache Cache, bool IsSynchronous = false, string Driver = "", KernelKinds Kernels = KernelKinds.All,
    bool KeepsFactors = false)
{
    private const string SynchronousVariable = "EVSNATIVE_SYNC";

    /// <summary>As the user's environment says.</summary>
    /// <exception cref="DeviceException">it says what cannot be</exception>
    public static CudaSettings OfUser() =>
        new(KernelCache.OfUser(), Environment.GetEnvironmentVariable(SynchronousVariable) is { Length: > 0 } value && value != "0",
            CudaDriverVersion.Read(), KernelChoice.OfUser());
}
