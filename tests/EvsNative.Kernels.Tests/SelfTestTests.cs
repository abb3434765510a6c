using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests;

public sealed class SelfTestTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void The_processor_passes(int bits)
    {
        using var d = Device.Open(new DeviceOptions(VectorBits: bits));
        Passes(d);
    }

    [Fact]
    public void Every_operation_that_takes_numbers_is_tried_with_those_that_are_not_finite()
    {
        using var d = Device.Open();
        string[] tried = [.. SelfTest.Run(d, name => name.EndsWith(NonFinite.Ending, StringComparison.Ordinal)).Select(r => r.Operation)];
        string[] others = ["Noise", "FromBytes"];
        var wanted = SelfTest.Rows.Select(row => row.Word).Distinct().Except(others).Select(word => word + NonFinite.Ending);
        Assert.Equal(wanted.Order(), tried.Order());
    }

    /// <summary>Finite results, and results that are right without what was planted, are both found.</summary>
    [Fact]
    public void A_device_that_loses_what_is_not_finite_fails()
    {
        using var d = Device.Open();
        var lost = SelfTestRow.Of<CopyCall>("", (d, shape, given) => Doubled(d, shape, given, v => float.IsFinite(v) ? v : 1));
        var spread = SelfTestRow.Of<CopyCall>("", (d, shape, given) => Doubled(d, shape, given, v => v, isSpread: true));
        var wrong = SelfTestRow.Of<CopyCall>("", (d, shape, given) => Doubled(d, shape, given, v => float.IsFinite(v) ? 1.01f * v : v));
        var right = SelfTestRow.Of<CopyCall>("", (d, shape, given) => Doubled(d, shape, given, v => v));
        Assert.Contains("3 of 3360 results are finite that are not by definition", Problem(lost), StringComparison.Ordinal);
        Assert.Contains("they reach an image that has none", Problem(spread), StringComparison.Ordinal);
        Assert.Contains("the other results are off by 1.0e-2", Problem(wrong), StringComparison.Ordinal);
        Assert.Equal("", Problem(right));

        string Problem(SelfTestRow row) => NonFinite.Run(d, "test", [row])!.Problem ?? "";
    }

    private static Trial Doubled(Device d, Shape shape, SelfTestInputs given, Func<float, float> change, bool isSpread = false)
    {
        var x = given.Some(shape, 1);
        float[] values = [.. x.Data.Select(change)];
        if (isSpread) values[values.Length / 2] = float.NaN;
        return new Trial(d.Synchronize, () => values, () => [.. x.Data.Select(v => (double)v)]);
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
        result => Assert.True(
            result.Passed, $"{result.Operation}: error {result.Error:e2}, at most {result.Tolerance:e1} was expected {result.Problem}"));
}
