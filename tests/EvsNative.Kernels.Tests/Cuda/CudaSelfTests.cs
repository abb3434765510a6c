using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>The whole backend without a GPU: C# to PTX, PTX run by the interpreter.</summary>
public sealed class CudaSelfTests
{
    // The text is the same for all architectures, so that NaN need not be tried on each.
    [Theory]
    [InlineData(60, ElementType.Float32, false)]
    [InlineData(75, ElementType.Float16, false)]
    [InlineData(90, ElementType.Float32, true)]
    [InlineData(120, ElementType.Float16, true)]
    public void Operations_compute_what_their_definitions_say_from_the_PTX_of_an_architecture(int sm, ElementType precision, bool isWhole)
    {
        using var driver = new InterpretedCudaDriver { Sm = sm, Version = 12090 };
        using (var d = CudaTest.Device(driver, precision))
        {
            foreach (var result in SelfTest.Run(d, name => isWhole || !name.EndsWith(NonFinite.Ending, StringComparison.Ordinal)))
                Assert.True(result.Passed, $"sm_{sm}: {result.Operation}: error {result.Error:e2} {result.Problem}");
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
        Assert.Single(results, result => result.Problem?.Contains("did not start", StringComparison.Ordinal) == true);
        Assert.Contains("did not start", results[0].Problem, StringComparison.Ordinal);
        Assert.False(results[0].Passed);
        Assert.True(results.Count > 30);

        // This driver's kernels leave zeros.
        var unnoticed = results.Where(result => result.Operation.EndsWith(NonFinite.Ending, StringComparison.Ordinal) && result.Passed);
        Assert.Empty(unnoticed.Select(result => result.Operation).Except(["ToBytes" + NonFinite.Ending]));
    }
}
