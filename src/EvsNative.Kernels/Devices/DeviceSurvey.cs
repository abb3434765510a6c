using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;

namespace EvsNative.Kernels;

/// <summary>A device that a driver reports.</summary>
/// <param name="Backend">whose driver</param>
/// <param name="Index">its number there</param>
/// <param name="Caps">what it can do</param>
public sealed record FoundDevice(Backend Backend, int Index, GpuCaps Caps)
{
    /// <summary>As users name it: cuda:0.</summary>
    public string Word => new DeviceWish(Backend, Index).ToString();
}

/// <summary>All devices beside the processor, and why there are none of a kind.</summary>
/// <param name="Devices">CUDA devices first</param>
/// <param name="CudaProblem">why CUDA cannot be used, in one line; null if it can</param>
/// <param name="OpenCLProblem">why OpenCL cannot be used; null if it can</param>
public sealed record DeviceSurvey(IReadOnlyList<FoundDevice> Devices, string? CudaProblem, string? OpenCLProblem)
{
    /// <summary>Asks the drivers. Whatever is wrong with one of them becomes its problem's line.</summary>
    /// <exception cref="DeviceException">the user's environment says what cannot be, which is no reason to do without a GPU</exception>
    public static DeviceSurvey Take()
    {
        var devices = new List<FoundDevice>();
        var kernels = KernelChoice.OfUser();
        string? cuda = Ask(Backend.Cuda, () => CudaDevices.Find(kernels: kernels), devices);
        string? openCL = Ask(Backend.OpenCL, () => [.. OpenCLDevices.Find().Select(device => device.Caps)], devices);
        return new DeviceSurvey(devices, cuda, openCL);
    }

    private static string? Ask(Backend backend, Func<IReadOnlyList<GpuCaps>> find, List<FoundDevice> devices)
    {
        try
        {
            var found = find();
            for (int i = 0; i < found.Count; i++) devices.Add(new FoundDevice(backend, i, found[i]));
            return found.Count > 0 ? null : "no device";
        }
        catch (DeviceException e)
        {
            return e.Message;
        }
    }
}
