using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Evs;

public sealed class EvsConfigTests
{
    [Fact]
    public void Defaults_are_the_papers()
    {
        var c = new EvsConfig();
        c.Validate();
        Assert.Equal((50, 20, 10, 8, 4, 2), (c.ImageSteps, c.ImageStart, c.Insertion, c.VideoSteps, c.VideoStart, c.VideoCalls));
        Assert.Equal((7.5, 1.0, Entry.Noise), (c.ImageGuidance, c.VideoGuidance, c.VideoEntry));
        Assert.Equal((SamplerKind.Ddim, SamplerKind.Euler), (c.ImageSampler, c.VideoSampler));
    }

    [Theory]
    [InlineData(50, 0.58, 28)]
    [InlineData(30, 0.4, 12)]
    [InlineData(50, 1.0, 50)]
    public void Strength_gives_the_first_step(int steps, double strength, int expected)
    {
        var c = new EvsConfig { ImageSteps = steps, Strength = strength };
        c.Validate();
        Assert.Equal(expected, c.ImageStart);
    }

    [Fact]
    public void The_motion_modules_family_decides_what_is_not_given()
    {
        var c = new EvsConfig { Motion = MotionProfile.AnimateLcm };
        c.Validate();
        Assert.Equal((6, 3, 2, 1.5, SamplerKind.Lcm), (c.VideoSteps, c.VideoStart, c.VideoCalls, c.VideoGuidance, c.VideoSampler));
        Assert.Equal(10, (c with { VideoSteps = 10 }).VideoSteps);
        Assert.IsType<Lcm>(c.CreateVideoSampler());
        Assert.Equal(1, new EvsConfig().CreateVideoSampler().Schedule.AlphaBar(0));
        Assert.Equal(new EvsConfig().CreateImageSampler().Schedule.FirstLevel, new EvsConfig().CreateImageSampler().Schedule.AlphaBar(0));
    }

    public static TheoryData<EvsConfig, string> Contradictions => new()
    {
        { new() { VideoStart = 9 }, "t_V = 9 is out of range: 1 to T_V = 8" },
        { new() { VideoCalls = 5 }, "n_V = 5 is out of range: 1 to t_V = 4" },
        { new() { VideoCalls = 0 }, "n_V" },
        { new() { Insertion = 21 }, "t_T2V = 21 is out of range: 0 to t_I = 20" },
        { new() { Insertion = -1 }, "t_T2V" },
        { new() { ImageStart = 51 }, "t_I = 51 is out of range: 1 to T_I = 50" },
        { new() { ImageStart = 0 }, "t_I" },
        { new() { ImageSteps = 0, ImageStart = 0 }, "T_I" },
        { new() { VideoSteps = 0 }, "T_V" },
        { new() { Strength = 1.5 }, "strength" },
        { new() { Strength = 0.01 }, "leaves no step" },
        { new() { Strength = double.NaN }, "strength" },
        { new() { Strength = 0.4, ImageStart = 20 }, "only one of them" },
        { new() { Sfi = new SfiConfig(SfiPreset.Deep, Gamma: 2) }, "gamma" },
        { new() { Sfi = new SfiConfig(SfiPreset.Deep, Gamma: -0.1) }, "gamma" },
        { new() { Sfi = new SfiConfig(SfiPreset.Deep), VideoEntry = Entry.Noise }, "inversion" },
        { new() { VideoEntry = Entry.Direction }, "noise or by inversion" },
        { new() { SharedNoise = 1.1 }, "shared noise" },
        { new() { ImageGuidance = double.NaN }, "image guidance" },
        { new() { VideoGuidance = -1 }, "video guidance" },
        { new() { Upscale = 0.5 }, "upscale" },
        { new() { FramesPerPass = -1 }, "frames per pass" },
        { new() { ClipSkip = -1 }, "clip skip" },
        { new() { Mode = EvsMode.T2V, Upscale = 2, UpscaleIn = UpscaleIn.Latents }, "upscale in pixels" },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Contradictions_are_named_in_one_line(EvsConfig config, string named)
    {
        var e = Assert.Throws<InputException>(config.Validate);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Words_are_understood()
    {
        Assert.Equal(
            [EvsMode.Evs, EvsMode.T2I, EvsMode.T2V, EvsMode.T2IThenT2V, EvsMode.T2VThenT2I],
            new[] { "evs", "T2I", "t2v", "t2i+t2v", "t2v+t2i" }.Select(EvsWords.Mode));
        Assert.Equal([BridgeBack.RepeatStep, BridgeBack.NextStep, BridgeBack.DdimDirection], new[] { "repeat", "next", "direction" }.Select(EvsWords.Bridge));
        Assert.Equal([Entry.Noise, Entry.Invert], new[] { "noise", "invert" }.Select(EvsWords.Entry));
        Assert.Equal([UpscaleIn.Pixels, UpscaleIn.Latents], new[] { "pixels", "latents" }.Select(EvsWords.UpscaleIn));
        Assert.Equal(Enum.GetValues<SfiPreset>(), new[] { "none", "deep", "shallow", "full" }.Select(EvsWords.Sfi));
    }

    [Fact]
    public void Unknown_words_are_answered_with_the_known_ones()
    {
        Assert.Equal("unknown mode 'i2v': evs, t2i, t2v, t2i+t2v or t2v+t2i", Assert.Throws<InputException>(() => EvsWords.Mode("i2v")).Message);
        Assert.Throws<InputException>(() => EvsWords.Bridge("x"));
        Assert.Throws<InputException>(() => EvsWords.Entry("direction"));
        Assert.Throws<InputException>(() => EvsWords.UpscaleIn("x"));
        Assert.Throws<InputException>(() => EvsWords.Sfi("x"));
        Assert.Throws<InputException>(() => Samplers.Parse("x"));
    }
}
