using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>The whole backend without a GPU: C# to PTX, PTX run by the interpreter.</summary>
public sealed class CudaSelfTests
{
    private static readonly string[] Operations = ["Combine", "Activate", "Copy", "CountNonFinite"];

    [Theory]
    [InlineData(60)]
    [InlineData(90)]
    public void Operations_compute_what_their_definitions_say_from_the_PTX_of_an_architecture(int sm)
    {
        using var driver = new InterpretedCudaDriver { Sm = sm };
        using (var d = CudaTest.Device(driver))
        {
            var results = SelfTest.Run(d, name => Operations.Contains(name)).ToList();
            Assert.Equal(Operations.Length, results.Count);
            foreach (var result in results) Assert.True(result.Passed, $"sm_{sm}: {result.Operation}: error {result.Error:e2}");
        }

        Assert.Empty(driver.Leaks);
        Assert.Contains($".target sm_{sm}", driver.Loaded[0], StringComparison.Ordinal);
    }
}
