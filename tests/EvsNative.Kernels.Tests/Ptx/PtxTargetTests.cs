using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxTargetTests
{
    [Theory]
    [InlineData(60, "sm_60, PTX 6.0")]
    [InlineData(61, "sm_60, PTX 6.0")]
    [InlineData(70, "sm_70, PTX 6.0")]
    [InlineData(75, "sm_75, PTX 6.3")]
    [InlineData(80, "sm_80, PTX 7.0")]
    [InlineData(86, "sm_86, PTX 7.1")]
    [InlineData(89, "sm_89, PTX 7.8")]
    [InlineData(90, "sm_90, PTX 7.8")]
    [InlineData(100, "sm_100, PTX 8.6")]
    [InlineData(120, "sm_120, PTX 8.7")]
    [InlineData(121, "sm_120, PTX 8.7")]
    public void A_device_gets_the_oldest_version_that_knows_it(int sm, string wanted) => Assert.Equal(wanted, PtxTarget.For(sm).ToString());

    [Theory]
    [InlineData(90, 12040, "sm_90, PTX 7.8")]
    [InlineData(120, 12040, "sm_90, PTX 7.8")]
    [InlineData(120, 12070, "sm_100, PTX 8.6")]
    [InlineData(120, 13000, "sm_120, PTX 8.7")]
    [InlineData(89, 11070, "sm_86, PTX 7.1")]
    [InlineData(86, 9020, "sm_70, PTX 6.0")]
    public void A_driver_that_does_not_know_the_device_gets_what_runs_there_all_the_same(int sm, int driver, string wanted) =>
        Assert.Equal(wanted, PtxTarget.For(sm, driver).ToString());

    [Fact]
    public void Devices_and_drivers_that_are_too_old_are_named()
    {
        Assert.Contains("sm_52", Assert.Throws<DeviceException>(() => PtxTarget.For(52)).Message, StringComparison.Ordinal);
        Assert.Contains("CUDA 8.0", Assert.Throws<DeviceException>(() => PtxTarget.For(80, 8000)).Message, StringComparison.Ordinal);
    }
}
