using EvsNative.Kernels;
using EvsNative.Kernels.Gpu;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Memory;
using EvsNative.Pipelines.Runs;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Runs;

public sealed class ForecastTests
{
    private static readonly Shape Clip = new(4, 64, 64, 3);

    [Fact]
    public void A_device_that_gives_no_buffer_of_the_largest_tensor_is_objected_to()
    {
        using var plenty = Open(GpuProfiles.Amd);
        var forecast = Of(plenty);
        Assert.Null(Objection(forecast, plenty));
        Assert.InRange(forecast.LargestTensorBytes, 1, forecast.DeviceBytes);

        using var just = Open(GpuProfiles.Amd with { MaxAllocationBytes = forecast.LargestTensorBytes });
        Assert.Null(Objection(forecast, just));
        using var less = Open(GpuProfiles.Amd with { MaxAllocationBytes = forecast.LargestTensorBytes - 1 });
        Assert.Contains("at once", Objection(forecast, less), StringComparison.Ordinal);
        using var small = Open(GpuProfiles.Amd with { MemoryBytes = forecast.DeviceBytes - 1 });
        Assert.Contains("are free", Objection(forecast, small), StringComparison.Ordinal);
    }

    /// <summary>
    /// Each frame more costs its latents before and after a step, and a few numbers; never a picture, not even of bytes.
    /// </summary>
    [Theory]
    [InlineData(EvsMode.Evs)]
    [InlineData(EvsMode.T2I)]
    public void What_a_longer_clip_takes_more_is_its_latents(EvsMode mode)
    {
        const int copies = 2, latentBytes = 64 / 8 * (64 / 8) * 4 * sizeof(float), numberBytes = 256;
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var few = Of(d, Clip with { N = 50 }, mode);
        foreach (int all in new[] { 200, 1000 })
        {
            var longer = Of(d, Clip with { N = all }, mode);
            int frames = all - 50;
            Assert.InRange(longer.DeviceBytes - few.DeviceBytes, 0, frames * copies * latentBytes);
            Assert.InRange(longer.PeakBytes - few.PeakBytes, 0, frames * (copies * latentBytes + numberBytes));
        }
    }

    [Fact]
    public void The_devices_token_stops_the_dry_run()
    {
        using var d = Open(GpuProfiles.Amd);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        d.Cancellation = stop.Token;
        Assert.ThrowsAny<OperationCanceledException>(() => Of(d));
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(2, int.MaxValue, int.MaxValue)]
    [InlineData(2, int.MinValue, int.MinValue)]
    [InlineData(2, 1 << 24, 1 << 24)]
    [InlineData(int.MaxValue, 8, 8)]
    [InlineData(3, 30000, 30000)]
    public void Clips_beyond_all_measure_are_refused_before_anything_is_counted(int frames, int height, int width)
    {
        using var d = Open(GpuProfiles.Amd);
        var clip = new Shape(frames, height, width, 3);
        InputErrors.Expect(() => Of(d, clip), InputCode.TooLarge, "frames of");
    }

    /// <summary>Two frames of 1 GB each: attention over five million pixels, more operations than 63 bits count.</summary>
    [Fact]
    public void A_run_that_cannot_be_counted_is_refused()
    {
        using var parts = FormulaModels.Open("sd15", needsMotion: false);
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var config = new EvsConfig { Mode = EvsMode.T2I, ImageSteps = 50, ImageStart = 40 };
        var clip = new Shape(2, 18000, 18000, 3);
        InputErrors.Expect(() => Forecast.Of(parts, clip, "a clip", config, d), InputCode.TooLarge, "can be counted");
    }

    /// <summary>One frame too: windows of the video model take any number.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(3000)]
    public void Any_number_of_frames_is_taken(int frames) => FrameLimits.Check(frames, "the clip");

    [Fact]
    public void No_frames_are_no_clip() => InputErrors.Expect(() => FrameLimits.Check(0, "the clip"), InputCode.OutOfRange, "the clip");

    /// <summary>What a plan saves of the device's memory, and what it costs in reading.</summary>
    [Fact]
    public void Plans_of_weights_need_less_memory_and_read_more()
    {
        using var d = Open(GpuProfiles.Amd);
        Forecast[] forecasts =
        [
            Of(d), Of(d, Clip, new WeightPlan(WeightStay.InTurn)), Of(d, Clip, new WeightPlan(WeightStay.Streamed)),
            Of(d, Clip, new WeightPlan(WeightStay.Streamed, IsHalved: true)),
        ];
        for (int i = 1; i < forecasts.Length; i++)
        {
            var (plan, before) = (forecasts[i], forecasts[i - 1]);
            Assert.True(plan.WeightBytes < before.WeightBytes, $"plan {i} holds {plan.WeightBytes} bytes, {before.WeightBytes} before");
            Assert.True(plan.ReadWeightBytes >= before.ReadWeightBytes, $"plan {i} reads {plan.ReadWeightBytes} bytes");
            Assert.Equal((before.ScratchBytes, before.TapeBytes, before.Flops), (plan.ScratchBytes, plan.TapeBytes, plan.Flops));
        }

        Assert.Equal(forecasts[0].WeightBytes, forecasts[0].ReadWeightBytes, forecasts[0].WeightBytes / 20);
        Assert.Equal(forecasts[0].ReadWeightBytes, forecasts[1].ReadWeightBytes);
        string read = string.Join(", ", forecasts.Select(forecast => $"{forecast.ReadWeightBytes} read, {forecast.WeightBytes} held"));
        Assert.True(forecasts[2].ReadWeightBytes > 1.2 * forecasts[1].ReadWeightBytes, read);
        Assert.True(forecasts[2].WeightBytes < forecasts[1].WeightBytes / 2, read);
    }

    private static Device Open(GpuCaps profile) => Device.Open(new DeviceOptions(Backend.Null, Profile: profile));

    private static string? Objection(Forecast forecast, Device device) => forecast.Objection(MemoryBudget.Of(device, most: null));

    private static Forecast Of(Device d) => Of(d, Clip);

    private static Forecast Of(Device d, Shape clip, EvsMode mode) => Of(d, clip, null, mode);

    private static Forecast Of(Device d, Shape clip, WeightPlan? plan = null, EvsMode mode = EvsMode.Evs)
    {
        using var parts = FormulaModels.Open("tiny");
        var config = new EvsConfig { Mode = mode, ImageSteps = 2, ImageStart = 1, VideoSteps = 4, VideoStart = 1, ImageGuidance = 1 };
        return Forecast.Of(parts, clip, "a clip", config, d, plan);
    }
}
