using System.Text;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.OpenCL;

/// <summary>A device of OpenCL.</summary>
/// <param name="Platform">whose it is: a cl_platform_id</param>
/// <param name="Id">a cl_device_id</param>
/// <param name="Caps">what kernels are planned for</param>
internal sealed record OpenCLDevice(nint Platform, nint Id, GpuCaps Caps);

/// <summary>
/// What OpenCL says about its devices, asked directly: ILGPU's context costs a third of a second, and most runs only want to know that
/// there is no GPU. The order is that of platforms as they come, of each all devices that are available. Source: OpenCL 1.2,
/// clGetPlatformIDs, clGetDeviceIDs, clGetDeviceInfo.
/// </summary>
internal static unsafe class OpenCLDevices
{
    private const ulong AllTypes = 0xFFFFFFFF, ProcessorType = 1 << 1;

    private enum Info : uint
    {
        Type = 0x1000,
        ComputeUnits = 0x1002,
        MaxThreads = 0x1004,
        MaxAllocation = 0x1010,
        GlobalMemory = 0x101F,
        LocalMemory = 0x1023,
        Available = 0x1027,
        Name = 0x102B,
        Vendor = 0x102C,
        Version = 0x102F,
    }

    /// <summary>All devices of all platforms, in the order of their numbers.</summary>
    /// <exception cref="DeviceException">there is no OpenCL, or it is broken</exception>
    public static IReadOnlyList<OpenCLDevice> Find()
    {
        var platforms = (delegate* unmanaged<uint, nint*, uint*, int>)OpenCLLibrary.Function("clGetPlatformIDs");
        var devices = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)OpenCLLibrary.Function("clGetDeviceIDs");
        var ask = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)OpenCLLibrary.Function("clGetDeviceInfo");
        List<OpenCLDevice> found = [];
        foreach (nint platform in List((count, ids, there) => platforms(count, ids, there)))
        {
            foreach (nint id in List((count, ids, there) => devices(platform, AllTypes, count, ids, there)))
            {
                var device = new Device(id, ask);
                if (device.Number(Info.Available) != 0) found.Add(new OpenCLDevice(platform, id, Caps(device)));
            }
        }

        return found;
    }

    private delegate int Lister(uint count, nint* ids, uint* there);

    // Where nothing is installed or attached, the answer is an error of its own.
    private static nint[] List(Lister list)
    {
        uint count = 0;
        if (list(0, null, &count) != 0 || count == 0) return [];
        nint[] ids = new nint[count];
        fixed (nint* first = ids) return list(count, first, &count) == 0 ? ids : [];
    }

    private static GpuCaps Caps(Device device) => new()
    {
        Name = device.Text(Info.Name),
        Vendor = VendorOf(device.Text(Info.Vendor)),
        IsProcessor = (device.Number(Info.Type) & ProcessorType) != 0,
        Multiprocessors = (int)Math.Max(1, device.Number(Info.ComputeUnits)),
        MaxThreads = (int)device.Number(Info.MaxThreads),
        SharedBytes = (int)device.Number(Info.LocalMemory),
        MemoryBytes = (long)device.Number(Info.GlobalMemory),
        MaxAllocationBytes = (long)device.Number(Info.MaxAllocation),
        MaxGridYZ = int.MaxValue,
        Driver = device.Text(Info.Version),
    };

    private static GpuVendor VendorOf(string name) => name switch
    {
        _ when name.Contains("NVIDIA", StringComparison.OrdinalIgnoreCase) => GpuVendor.Nvidia,
        _ when name.Contains("Advanced Micro Devices", StringComparison.OrdinalIgnoreCase)
            || name.Contains("AMD", StringComparison.Ordinal) => GpuVendor.Amd,
        _ when name.Contains("Intel", StringComparison.OrdinalIgnoreCase) => GpuVendor.Intel,
        _ => GpuVendor.Other,
    };

    /// <summary>A device that answers questions.</summary>
    private readonly struct Device(nint id, delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> ask)
    {
        /// <summary>Numbers have 32 or 64 bits.</summary>
        public ulong Number(Info what)
        {
            ulong value = 0;
            return ask(id, (uint)what, sizeof(ulong), &value, null) == 0 ? value : 0;
        }

        public string Text(Info what)
        {
            nuint bytes = 0;
            if (ask(id, (uint)what, 0, null, &bytes) != 0) return "";
            byte[] text = new byte[bytes];
            fixed (byte* first = text) return ask(id, (uint)what, bytes, first, null) == 0 ? Encoding.UTF8.GetString(text).TrimEnd('\0')
                .Trim() : "";
        }
    }
}
