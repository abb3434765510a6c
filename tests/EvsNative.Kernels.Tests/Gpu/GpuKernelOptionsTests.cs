using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

public sealed class GpuKernelOptionsTests
{
    /// <summary>The CUDA programming guide's table of compute capabilities: most shared memory of a thread block, in KB.</summary>
    [Theory]
    [InlineData(60, 48)]
    [InlineData(75, 64)]
    [InlineData(80, 163)]
    [InlineData(86, 99)]
    [InlineData(89, 99)]
    [InlineData(90, 227)]
    [InlineData(100, 227)]
    [InlineData(120, 99)]
    public void A_dry_gpu_holds_dynamic_shared_memory_to_what_the_architecture_gives_on_request(int sm, int kilobytes)
    {
        var caps = GpuProfiles.All.Single(profile => profile.Sm == sm);
        Assert.Equal((48 << 10, kilobytes << 10), (caps.SharedBytes, caps.OptInSharedBytes));
        using var gpu = new DryGpu(caps);
        Load(gpu, new GpuKernelOptions(kilobytes << 10));
        Refused(gpu, new GpuKernelOptions((kilobytes << 10) + 1), $"{kilobytes << 10} are possible");
    }

    [Fact]
    public void Static_arrays_are_held_to_what_every_kernel_has()
    {
        // What a device gives on request is no room for plans: their kernels have static arrays.
        var caps = GpuProfiles.Hopper with { SharedBytes = 32 << 10 };
        foreach (var tile in Kernels.Gemm.ProductPlanPortable.Tiles)
        {
            var size = new Kernels.Gemm.ProductSizePortable(64, 64, 64, 0, true);
            Assert.Equal(tile.SharedBytes <= 32 << 10, tile.Suits(caps, size));
            Assert.False(tile.Suits(caps with { SharedBytes = tile.SharedBytes - 1 }, size));
        }
    }

    [Fact]
    public void Clusters_are_for_architectures_that_have_them_and_must_divide_the_groups()
    {
        foreach (var caps in GpuProfiles.All)
        {
            using var gpu = new DryGpu(caps);
            var options = new GpuKernelOptions(Cluster: 2);
            if (caps.Sm < 90)
            {
                Refused(gpu, options, "clusters");
                continue;
            }

            var kernel = Load(gpu, options);
            kernel.Launch(new Groups(4), default);
            Assert.Throws<DeviceException>(() => kernel.Launch(new Groups(5), default));
        }
    }

    [Fact]
    public void OpenCL_takes_hints_and_refuses_what_it_has_not()
    {
        foreach (var caps in (GpuCaps[])[GpuProfiles.Amd, GpuProfiles.Intel])
        {
            using var gpu = new DryGpu(caps);
            Check(gpu);
        }

        Assert.SkipWhen(OpenCLDevice.Problem is not null, $"no OpenCL here: {OpenCLDevice.Problem}");
        using var device = OpenCLGpu.Open(0);
        Check(device);

        static void Check(GpuRuntime gpu)
        {
            Load(gpu, new GpuKernelOptions(MinGroups: 2, IsOverlapping: true));
            Refused(gpu, new GpuKernelOptions(1), "dynamic shared memory");
            Refused(gpu, new GpuKernelOptions(Cluster: 1), "clusters");
        }
    }

    private static GpuKernel<CudaTest.AddArgs> Load(GpuRuntime gpu, GpuKernelOptions options) =>
        gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, options);

    private static void Refused(GpuRuntime gpu, GpuKernelOptions options, string why)
    {
        var e = Assert.Throws<DeviceException>(() => Load(gpu, options));
        Assert.Contains("kernel CudaTest.AddingKernel cannot be used", e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
