using EvsNative.Models.Evs;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>
/// What the method is for, on the embedded clip and for any seed: nearer to the clean original, steadier, sharper; each expert alone is
/// worse at one of these.
/// </summary>
public sealed class QualityTests(DemoRig rig, ITestOutputHelper output) : IClassFixture<DemoRig>
{
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Evs_is_nearer_steadier_and_sharper_than_the_input_and_better_composed_than_its_experts(ulong seed)
    {
        var input = VideoMeasures.Of(rig.Input, rig.Clean);
        VideoMeasures evs = rig.Measure(EvsMode.Evs, seed), t2i = rig.Measure(EvsMode.T2I, seed), t2v = rig.Measure(EvsMode.T2V, seed);
        foreach (var (name, m) in new[] { ("input", input), ("evs", evs), ("t2i", t2i), ("t2v", t2v) })
            output.WriteLine(
                $"seed {seed,2} {name,-6} psnr {m.Psnr:F2}  flicker {m.Flicker:F2}  residual {m.Residual:F2}  sharpness {m.Sharpness:F2}");

        Assert.True(evs.Psnr >= input.Psnr + 1.5, $"EVS {evs.Psnr:F2} dB, input {input.Psnr:F2} dB");
        Assert.True(evs.Flicker <= 0.55 * input.Flicker, $"flicker {evs.Flicker:F2} of {input.Flicker:F2}");
        Assert.True(evs.Residual <= 0.65 * input.Residual, $"residual {evs.Residual:F2} of {input.Residual:F2}");
        Assert.True(evs.Sharpness >= 1.25 * input.Sharpness, $"sharpness {evs.Sharpness:F2}, input {input.Sharpness:F2}");
        Assert.True(t2i.Flicker >= 1.3 * evs.Flicker, $"T2I flickers by {t2i.Flicker:F2}, EVS by {evs.Flicker:F2}");
        Assert.True(t2v.Flicker < evs.Flicker, $"T2V flickers by {t2v.Flicker:F2}, EVS by {evs.Flicker:F2}");
        Assert.True(t2v.Sharpness <= 0.96 * evs.Sharpness, $"T2V is as sharp as {t2v.Sharpness:F2}, EVS {evs.Sharpness:F2}");
    }
}
