using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Models.Tests.Evs;

public sealed class EvsPlanTests
{
    [Theory]
    [InlineData(EvsMode.Evs, "image 20..10 Noise, video 4..3 Noise, image 10..1 Noise")]
    [InlineData(EvsMode.T2I, "image 20..1 Noise")]
    [InlineData(EvsMode.T2V, "video 4..1 Noise")]
    [InlineData(EvsMode.T2IThenT2V, "image 20..1 Noise, video 4..1 Noise")]
    [InlineData(EvsMode.T2VThenT2I, "video 4..1 Noise, image 20..1 Noise")]
    public void Every_composition_is_a_list(EvsMode mode, string expected) => Assert.Equal(expected, Words(new EvsConfig { Mode = mode }));

    [Theory]
    [InlineData(BridgeBack.RepeatStep, "image 10..1 Noise")]
    [InlineData(BridgeBack.NextStep, "image 9..1 Noise")]
    [InlineData(BridgeBack.DdimDirection, "image 9..1 Direction")]
    public void Every_bridge_back_is_a_last_stage(BridgeBack bridge, string expected) =>
        Assert.Equal($"image 20..10 Noise, video 4..3 Noise, {expected}", Words(new EvsConfig { Bridge = bridge }));

    [Theory]
    [InlineData(EvsMode.Evs, "image 20..10 Noise, video 4..3 Invert, image 10..1 Noise")]
    [InlineData(EvsMode.T2V, "video 4..1 Invert")]
    [InlineData(EvsMode.T2VThenT2I, "video 4..1 Invert, image 20..1 Noise")]
    public void Injection_enters_the_video_stage_by_inversion(EvsMode mode, string expected)
    {
        Assert.Equal(expected, Words(new EvsConfig { Mode = mode, Sfi = new SfiConfig(SfiPreset.Deep) }));
        Assert.Equal(expected, Words(new EvsConfig { Mode = mode, VideoEntry = Entry.Invert }));
    }

    [Fact]
    public void Without_a_block_it_is_the_image_model_alone() =>
        Assert.Equal(EvsPlan.Build(new EvsConfig { Mode = EvsMode.T2I }), EvsPlan.Build(new EvsConfig { Insertion = 0 }));

    [Theory]
    [InlineData(BridgeBack.NextStep)]
    [InlineData(BridgeBack.DdimDirection)]
    public void A_last_stage_without_steps_is_left_out(BridgeBack bridge) =>
        Assert.Equal("image 20..1 Noise, video 4..3 Noise", Words(new EvsConfig { Insertion = 1, Bridge = bridge }));

    [Fact]
    public void Each_entry_has_noise_of_its_own_unless_reused()
    {
        Assert.Equal([0, 1, 2], EvsPlan.Build(new EvsConfig()).Select(s => s.NoiseEntry));
        Assert.Equal([0, 1, 0], EvsPlan.Build(new EvsConfig { ReuseNoise = true }).Select(s => s.NoiseEntry));
    }

    [Fact]
    public void Latents_are_enlarged_for_the_image_model_only()
    {
        Assert.Equal([2, 1, 2], EvsPlan.Build(new EvsConfig { Upscale = 2, UpscaleIn = UpscaleIn.Latents }).Select(s => s.Scale));
        Assert.Equal([1, 1, 1], EvsPlan.Build(new EvsConfig { Upscale = 2, UpscaleIn = UpscaleIn.Pixels }).Select(s => s.Scale));
    }

    [Fact]
    public void Calls_are_counted_with_guidance_and_inversion()
    {
        Assert.Equal((21 * 2) + 2, EvsPlan.Calls(EvsPlan.Build(new EvsConfig()), imagePasses: 2, videoPasses: 1));
        var inverting = EvsPlan.Build(new EvsConfig { VideoEntry = Entry.Invert });
        Assert.Equal((21 * 2) + 4 + 2, EvsPlan.Calls(inverting, imagePasses: 2, videoPasses: 1));
        Assert.Equal((21 * 1) + 4 + 4, EvsPlan.Calls(inverting, imagePasses: 1, videoPasses: 2));
    }

    [Fact]
    public void A_plan_that_contradicts_itself_is_not_built() =>
        Assert.Throws<InputException>(() => EvsPlan.Build(new EvsConfig { VideoStart = 9 }));

    private static string Words(EvsConfig config) => string.Join(", ", EvsPlan.Build(config).Select(s => $"{s} {s.Entry}"));
}
