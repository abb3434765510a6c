using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Tests.Cuda;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>
/// What the portable kernels ask of memory, at most. They know no swizzle and no 16-byte copies: their stores into shared memory meet banks
/// twice, and 16-bit numbers come one by one; rows whose length is no multiple of 32 bytes begin within a sector. A limit that could be
/// lower has been passed by a kernel that got worse.
/// </summary>
public sealed class PortableTrafficTests
{
    private static readonly Shape Map = new(1, 8, 8, 64);

    [Theory]
    [InlineData("Linear", "ProductPortable", 1.0, 3.4, 2.5)]
    [InlineData("Conv2d, kernel 1", "ProductPortable", 1.0, 3.4, 1.1)]
    [InlineData("Attention", "AttentionPortable", 1.0, 1.6, 3.4)]
    [InlineData("Attention, frames", "AttentionPortable", 1.2, 1.7, 1.9)]
    [InlineData("GroupNorm", "GroupNormPortable_Moments", 1.1, 1.1, 1.3)]
    [InlineData("GroupNorm", "GroupNormPortable_Normalise", 1.1, 1.1, 1.3)]
    [InlineData("LayerNorm", "LayerNormPortable", 1.1, 1.1, 1.5)]
    [InlineData("Resize, bilinear", "ResizePortable", 1.0, 1.0, 1.1)]
    [InlineData("Combine", "PointwisePortable", 1.0, 1.0, 1.0)]
    [InlineData("Activate, SiLU", "PointwisePortable", 1.0, 1.0, 1.0)]
    public void Conflicts_and_sectors_stay_within_what_is_known(string row, string name, double mainLoop, double stores, double sectors)
    {
        using var driver = new InterpretedCudaDriver { Sm = 70 };
        using var d = CudaTest.Device(driver, ElementType.Float16);
        var kernels = KernelTraffic.Of(driver, d, SelfTest.Rows.Single(candidate => candidate.Name == row), Map);
        var kernel = Assert.Single(kernels, kernel => kernel.Name.StartsWith(name, StringComparison.Ordinal));
        Assert.True(kernel.MainLoop.Conflicts <= mainLoop, $"main loop: {kernel}");
        Assert.True(kernel.Of("st.shared").Conflicts <= stores, $"shared stores {kernel.Of("st.shared").Conflicts:f2}: {kernel}");
        Assert.True(kernel.Total.Scatter <= sectors, $"sectors: {kernel}");
        Assert.True(kernel.Total is { BytesRead: > 0, BytesWritten: > 0 }, kernel.ToString());
    }

    [Fact]
    public void What_is_counted_of_a_copy_is_its_bytes_once()
    {
        using var driver = new InterpretedCudaDriver { Sm = 70 };
        using var d = CudaTest.Device(driver);
        using var scope = d.Enter("counted");
        Tensor x = d.Rent(Map), y = d.Rent(Map);
        d.Write(x, new float[Map.Count]);
        var kernel = Assert.Single(KernelTraffic.Of(driver, () =>
        {
            d.Kernels.Activate(y, x, Activation.None);
            d.Synchronize();
        }));
        Assert.Equal((Map.Count * 4, Map.Count * 4), (kernel.Total.BytesRead, kernel.Total.BytesWritten));
        Assert.Equal((Map.Count * 4, Map.Count * 4), (kernel.Counts.DistinctBytesRead, kernel.Counts.DistinctBytesWritten));
        Assert.Equal(Map.Count * 4 * 2 / 32, kernel.Total.Sectors);

        // Nothing is counted when nothing asks for it.
        d.Kernels.Activate(y, x, Activation.None);
        d.Synchronize();
        Assert.Equal(Map.Count * 4, kernel.Total.BytesRead);
    }
}
