using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class KernelChoiceTests
{
    [Theory]
    [InlineData(null, KernelKinds.All)]
    [InlineData(" ", KernelKinds.All)]
    [InlineData("portable", KernelKinds.Portable)]
    [InlineData("Portable, TENSOR", KernelKinds.All)]
    [InlineData("tensor", KernelKinds.All)]
    [InlineData(",", KernelKinds.Portable)]
    public void The_user_names_kinds_of_kernels(string? value, KernelKinds wanted) =>
        Assert.Equal(wanted, KernelChoice.OfUser(name => name == "EVSNATIVE_KERNELS" ? value : null));

    [Fact]
    public void An_unknown_kind_is_refused_with_what_there_is()
    {
        var e = Assert.Throws<DeviceException>(() => KernelChoice.OfUser(_ => "portable,tensors"));
        Assert.Equal("EVSNATIVE_KERNELS names 'tensors', which is no kind of kernels: list 'portable' or 'tensor', with commas between, "
            + "or leave EVSNATIVE_KERNELS unset", e.Message);
    }

    [Fact]
    public void What_is_switched_off_is_in_the_line_of_a_device_that_has_it_and_in_its_filters()
    {
        var portable = CudaTest.Settings with { Kernels = KernelKinds.Portable };
        foreach (int sm in (int[])[70, 75, 90])
        {
            using var whole = CudaTest.Device(new FakeCudaDriver { Sm = sm });
            using var device = CudaTest.Device(new FakeCudaDriver { Sm = sm }, settings: portable);
            Assert.Null(whole.Remark);
            Assert.Equal(sm >= 75 ? "no tensor cores: EVSNATIVE_KERNELS leaves them out" : null, device.Remark);
            Assert.Equal(TensorGeneration.None, device.Caps!.TensorCores);

            // What is planned on its capabilities is planned for the same kernels.
            using var dry = Device.Open(new DeviceOptions(Backend.Null, Profile: device.Caps));
            var shape = new FilterShape(24, 16);
            Assert.Equal(device.Pack(shape, new float[shape.Count]).Layout, dry.Pack(shape, []).Layout);
            var other = whole.Pack(shape, new float[shape.Count], WeightStorage.Float16);
            Assert.Equal(sm < 75, device.Pack(shape, new float[shape.Count], WeightStorage.Float16).Layout == other.Layout);
        }

        Assert.All(CudaDevices.Find(new FakeCudaDriver(), KernelKinds.Portable), caps => Assert.Equal(KernelKinds.Portable, caps.Kernels));
    }

    [Fact]
    public void A_remark_on_kernels_stands_beside_one_on_the_cache()
    {
        if (OperatingSystem.IsWindows()) return;
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        var settings = new CudaSettings(new KernelCache(folder), Kernels: KernelKinds.Portable);
        using var device = CudaTest.Device(new FakeCudaDriver(), settings: settings);
        Assert.StartsWith("no tensor cores: EVSNATIVE_KERNELS leaves them out; ", device.Remark, StringComparison.Ordinal);
        Directory.Delete(folder);
    }

    /// <summary>Measures are of whole float32 numbers, and nobody is told that they switched something off.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_keeps_factors_gets_kernels_that_do_not_round_them(bool keepsFactors)
    {
        using var dry = Device.Open(new DeviceOptions(Backend.Null, Profile: GpuProfiles.Ampere, KeepsFactors: keepsFactors));
        Assert.Equal(!keepsFactors, dry.RoundsFactors);

        var settings = CudaTest.Settings with { KeepsFactors = keepsFactors };
        using var device = CudaTest.Device(new FakeCudaDriver { Sm = 80 }, settings: settings);
        Assert.Equal(!keepsFactors, device.RoundsFactors);
        Assert.Null(device.Remark);
    }
}
