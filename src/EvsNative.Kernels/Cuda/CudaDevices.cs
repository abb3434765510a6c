using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>What the driver says about its devices.</summary>
internal static class CudaDevices
{
    private const int OldestDriver = 11000;

    /// <summary>All devices in the driver's order, without opening any.</summary>
    /// <param name="driver">the system's if absent</param>
    /// <param name="kernels">kinds of kernels that may be used</param>
    /// <exception cref="DeviceException">there is no driver, or it does not start</exception>
    public static IReadOnlyList<GpuCaps> Find(ICudaDriver? driver = null, KernelKinds kernels = KernelKinds.All)
    {
        driver ??= CudaDriver.Load();
        int count = Start(driver);
        return [.. Enumerable.Range(0, count).Select(index => Caps(driver, At(driver, index)) with { Kernels = kernels })];
    }

    /// <summary>Initialises the driver.</summary>
    /// <returns>the number of devices, at least one</returns>
    /// <exception cref="DeviceException">it does not start, finds no device, or is too old</exception>
    public static int Start(ICudaDriver driver)
    {
        var result = driver.Init();
        if (result != CudaResult.Success) throw new DeviceException(WhyNotStarted(driver, result));
        if (Version(driver) is var version && version < OldestDriver)
            throw new DeviceException($"the NVIDIA driver is too old: it is made for {Words(version)}, "
                + "CUDA 11.0 (driver 450) or later is needed");
        Check(driver, driver.DeviceCount(out int count), "devices cannot be counted");
        return count > 0 ? count : throw new DeviceException(WhyNotStarted(driver, CudaResult.NoDevice));
    }

    /// <summary>The driver's number of a device.</summary>
    /// <exception cref="DeviceException">there is no device of this number</exception>
    public static int At(ICudaDriver driver, int index)
    {
        Check(driver, driver.DeviceAt(index, out int device), $"there is no CUDA device {index}");
        return device;
    }

    /// <summary>What a device can do.</summary>
    public static GpuCaps Caps(ICudaDriver driver, int device)
    {
        Check(driver, driver.DeviceName(device, out string name), "a device's name cannot be read");
        Check(driver, driver.DeviceMemory(device, out long bytes), "a device's memory cannot be read");
        return new GpuCaps
        {
            Name = name.Trim(),
            Vendor = GpuVendor.Nvidia,
            Sm = (10 * Ask(CudaDeviceAttribute.CapabilityMajor)) + Ask(CudaDeviceAttribute.CapabilityMinor),
            Multiprocessors = Ask(CudaDeviceAttribute.Multiprocessors),
            MaxThreads = Ask(CudaDeviceAttribute.MaxThreads),
            SharedBytes = Ask(CudaDeviceAttribute.SharedBytes),
            OptInSharedBytes = Ask(CudaDeviceAttribute.SharedBytesOptIn),
            MemoryBytes = bytes,
            MaxGridYZ = Math.Min(Ask(CudaDeviceAttribute.MaxGridY), Ask(CudaDeviceAttribute.MaxGridZ)),
            Driver = Words(Version(driver)),
        };

        int Ask(CudaDeviceAttribute attribute)
        {
            Check(driver, driver.DeviceAttribute(device, attribute, out int value),
                $"attribute {attribute} of {name.Trim()} cannot be read");
            return value;
        }
    }

    /// <summary>The driver's version as a number, 1000 times major plus 10 times minor.</summary>
    public static int Version(ICudaDriver driver)
    {
        Check(driver, driver.DriverVersion(out int version), "the driver's version cannot be read");
        return version;
    }

    private static string Words(int version) => $"CUDA {version / 1000}.{version % 1000 / 10}";

    private static void Check(ICudaDriver driver, CudaResult result, string what)
    {
        if (result != CudaResult.Success) throw new DeviceException($"{what}: {driver.Describe(result)}");
    }

    private static string WhyNotStarted(ICudaDriver driver, CudaResult result) => result switch
    {
        CudaResult.NoDevice =>
            "the NVIDIA driver finds no GPU: nvidia-smi should list one; "
            + "CUDA_VISIBLE_DEVICES may hide it, a container may lack it (docker run --gpus all)",
        CudaResult.StubLibrary =>
            "the libcuda found is the CUDA toolkit's stub, not a driver: take its folder out of LD_LIBRARY_PATH, or install the driver",
        CudaResult.NotSupported =>
            "the NVIDIA driver does not support CUDA on this system: a driver of the GPU's maker with CUDA is to be installed",
        CudaResult.Unknown =>
            "the NVIDIA driver does not start (unknown error): if nvidia-smi works, "
            + "load the module nvidia_uvm (modprobe nvidia_uvm), else restart the machine",
        _ => $"the NVIDIA driver does not start: {driver.Describe(result)}",
    };
}
