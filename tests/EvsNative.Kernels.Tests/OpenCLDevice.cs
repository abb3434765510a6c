namespace EvsNative.Kernels.Tests;

/// <summary>The OpenCL device of this machine, for tests; the gate installs one that runs on the processor.</summary>
internal static class OpenCLDevice
{
    /// <summary>What the order of sums in float32 explains.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>What inputs and outputs rounded to binary16 explain.</summary>
    public const double HalfTolerance = 2e-3;

    private static readonly Lazy<string?> Missing = new(() =>
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

    /// <summary>Why there is none; null if there is one.</summary>
    public static string? Problem => Missing.Value;

    /// <summary>The first device, or null where there is none.</summary>
    public static Device? TryOpen(ElementType precision = ElementType.Float32) =>
        Problem is null ? Device.Open(new DeviceOptions(Backend.OpenCL, Precision: precision)) : null;

    /// <summary>The first device; the test is skipped, with the reason, where there is none.</summary>
    public static Device Open(ElementType precision = ElementType.Float32)
    {
        Assert.SkipWhen(Problem is not null, $"no OpenCL here: {Problem}");
        return TryOpen(precision)!;
    }
}
