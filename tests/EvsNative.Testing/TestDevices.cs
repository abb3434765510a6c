using EvsNative.Kernels;

namespace EvsNative.Testing;

/// <summary>The devices that tests of networks run on, by name: the processor, and OpenCL in both precisions where there is one.</summary>
public static class TestDevices
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>The first OpenCL device, float32.</summary>
    public const string OpenCL = "opencl";

    /// <summary>The first OpenCL device, float16 between the first convolution of the U-Net and the last.</summary>
    public const string OpenCLHalf = "opencl fp16";

    private static readonly Lazy<string?> NoOpenCL = new(() =>
    {
        try
        {
            using var d = Device.Open(new DeviceOptions(Backend.OpenCL));
            return null;
        }
        catch (DeviceException e)
        {
            return e.Message;
        }
    });

    /// <summary>
    /// Why tests on this device must be skipped; null if they can run. The gate installs an OpenCL that runs on the processor.
    /// </summary>
    public static string? Missing(string name) => name == Cpu ? null : NoOpenCL.Value;

    /// <summary>Opens it.</summary>
    public static Device Open(string name) => Device.Open(name == Cpu
        ? default
        : new DeviceOptions(Backend.OpenCL, Precision: name == OpenCLHalf ? ElementType.Float16 : ElementType.Float32));
}
