using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>The OpenCL device of this machine, for tests; the gate installs one that runs on the processor.</summary>
internal static class OpenCLDevice
{
    /// <summary>What the order of sums in float32 explains.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>What inputs and outputs rounded to binary16 explain.</summary>
    public const double HalfTolerance = 2e-3;

    /// <summary>Why there is none; null if there is one.</summary>
    public static string? Problem => TestDevices.Missing(TestDevices.OpenCL);

    /// <summary>The first device, or null where there is none.</summary>
    public static Device? TryOpen(ElementType precision = ElementType.Float32) =>
        Problem is null ? TestDevices.Open(precision == ElementType.Float16 ? TestDevices.OpenCLHalf : TestDevices.OpenCL) : null;

    /// <summary>The first device; the test is skipped, with the reason, where there is none.</summary>
    public static Device Open(ElementType precision = ElementType.Float32)
    {
        Assert.SkipWhen(Problem is not null, $"no OpenCL here: {Problem}");
        return TryOpen(precision)!;
    }
}
