using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests;

public sealed class SelfTestTests
{
    [Fact]
    public void The_processor_passes()
    {
        using var d = Device.Open();
        Passes(d);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float16)]
    public void OpenCL_passes_in_either_precision(ElementType precision)
    {
        using var d = OpenCLDevice.Open(precision);
        Passes(d);
    }

    private static void Passes(Device d) => Assert.All(
        SelfTest.Run(d),
        result => Assert.True(result.Passed, $"{result.Operation}: error {result.Error:e2}, at most {result.Tolerance:e1} was expected"));
}
