namespace EvsNative.Kernels.Tests.Cuda;

public sealed class CudaProductTests
{
    [Fact]
    public void Every_tile_multiplies_matrices_and_windows_from_its_PTX()
    {
        using var driver = new InterpretedCudaDriver { Sm = 80 };
        CudaTest.Balanced(driver, gpu =>
        {
            ProductTrial.RunAll(gpu);
        });
    }
}
