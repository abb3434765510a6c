using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>What a convolution leaves for the norm behind it.</summary>
public sealed class ChannelMomentsTests
{
    private const string Reading = "MomentsKernel";

    private static SelfTestRow Row { get; } = SelfTest.Rows.Single(row => row.Name == "GroupNorm, of a convolution");

    /// <summary>Of 40 channels by tensor cores, of 20 by the portable product, after which a pass reads them.</summary>
    [Theory]
    [InlineData(ElementType.Float16, 40)]
    [InlineData(ElementType.Float32, 40)]
    [InlineData(ElementType.Float16, 20)]
    public void A_norm_with_moments_is_what_it_is_without(ElementType precision, int channels)
    {
        using var driver = new InterpretedCudaDriver { Sm = 80, Version = 12090 };
        using var d = CudaTest.Device(driver, precision);
        using var scope = d.Enter("test");
        var trial = Row.Prepare(d, new Shape(2, 8, 8, channels), new SelfTestInputs());
        trial.Run();
        double error = Relative.Error(trial.Result(), trial.Defined());
        Assert.True(error <= SelfTest.Tolerance(d, Row), $"{error:e2}");
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(20, true)]
    public void The_result_is_read_for_its_moments_only_where_the_product_left_none(int channels, bool isRead)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: ElementType.Float16, Profile: GpuProfiles.Hopper));
        using var scope = d.Enter("test");
        Row.Prepare(d, new Shape(2, 8, 8, channels), new SelfTestInputs()).Run();
        var kernels = d.UsedKernels.Forms.Select(form => KernelNames.Of(form.Kernel));
        Assert.Equal(isRead, kernels.Any(name => name.Contains(Reading, StringComparison.Ordinal)));
    }

    /// <summary>Where products leave none, nobody can ask for them.</summary>
    [Fact]
    public void A_device_whose_products_leave_none_says_so()
    {
        foreach (var profile in (GpuCaps[])[GpuProfiles.Pascal, GpuProfiles.Turing, GpuProfiles.Amd])
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: profile));
            using var scope = d.Enter("test");
            Assert.Null(d.RentMoments(new Shape(1, 8, 8, 32)));
            Tensor x = d.Rent(new Shape(1, 8, 8, 32)), y = d.Rent(x.Shape), moments = d.Rent(ChannelMoments.ShapeOf(y.Shape)!.Value);
            var filter = d.Pack(new FilterShape(32, 32, 3), []);
            Assert.Throws<ArgumentException>(() =>
                d.Kernels.Conv2d(y, x, null, filter, new ConvGeometry(1), new Epilogue(Moments: moments)));
        }
    }
}
