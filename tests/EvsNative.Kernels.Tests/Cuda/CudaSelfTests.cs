using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>The whole backend without a GPU: C# to PTX, PTX run by the interpreter.</summary>
public sealed class CudaSelfTests
{
    [Theory]
    [InlineData(60, ElementType.Float32)]
    [InlineData(90, ElementType.Float32)]
    [InlineData(120, ElementType.Float16)]
    public void Operations_compute_what_their_definitions_say_from_the_PTX_of_an_architecture(int sm, ElementType precision)
    {
        using var driver = new InterpretedCudaDriver { Sm = sm, Version = 12090 };
        using (var d = CudaTest.Device(driver, precision))
        {
            foreach (var result in SelfTest.Run(d)) Assert.True(result.Passed, $"sm_{sm}: {result.Operation}: error {result.Error:e2}");
        }

        Assert.Empty(driver.Leaks);
        Assert.Contains($".target sm_{sm}", driver.Loaded[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_does_not_start_is_a_result_and_the_others_run()
    {
        var driver = new FakeCudaDriver();
        using var d = CudaTest.Device(driver);
        driver.Fail(nameof(ICudaDriver.Launch), CudaResult.InvalidValue);
        var results = SelfTest.Run(d).ToList();
        Assert.Single(results, result => result.Problem is not null);
        Assert.Contains("did not start", results[0].Problem, StringComparison.Ordinal);
        Assert.False(results[0].Passed);
        Assert.True(results.Count > 30);
    }
}
