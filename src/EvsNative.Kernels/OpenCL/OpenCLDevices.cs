using EvsNative.Kernels.Gpu;
using ILGPU.Runtime.OpenCL;

namespace EvsNative.Kernels.OpenCL;

/// <summary>What OpenCL says about its devices.</summary>
internal static class OpenCLDevices
{
    /// <summary>All devices of all platforms, in the order of their numbers.</summary>
    /// <exception cref="DeviceException">there is no OpenCL, or it is broken</exception>
    public static IReadOnlyList<GpuCaps> Find()
    {
        using var context = OpenCLLibrary.CreateContext();
        return [.. context.Devices.OfType<CLDevice>().Select(Caps)];
    }

    public static GpuCaps Caps(CLDevice device) => new()
    {
        Name = device.Name.Trim(),
        Vendor = VendorOf(device.VendorName),
        IsProcessor = device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU),
        Multiprocessors = Math.Max(1, device.NumMultiprocessors),
        WarpSize = Math.Max(1, device.WarpSize),
        MaxThreads = device.MaxNumThreadsPerGroup,
        SharedBytes = device.MaxSharedMemoryPerGroup,
        MemoryBytes = device.MemorySize,
        MaxAllocationBytes = device.GetDeviceInfo<long>(CLDeviceInfoType.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        MaxGridYZ = int.MaxValue,
        Driver = $"OpenCL {device.DeviceVersion}",
    };

    private static GpuVendor VendorOf(string name) => name switch
    {
        _ when name.Contains("NVIDIA", StringComparison.OrdinalIgnoreCase) => GpuVendor.Nvidia,
        _ when name.Contains("Advanced Micro Devices", StringComparison.OrdinalIgnoreCase) || name.Contains("AMD", StringComparison.Ordinal) => GpuVendor.Amd,
        _ when name.Contains("Intel", StringComparison.OrdinalIgnoreCase) => GpuVendor.Intel,
        _ => GpuVendor.Other,
    };
}
