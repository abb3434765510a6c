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
        { new() { GuidanceRescale = 1.1 }, "guidance rescale = 1.1 is out of range: 0 to 1" },
        { new() { GuidanceRescale = double.NaN }, "guidance rescale" },
        { new() { Upscale = 0.5 }, "upscale" },
        { new() { FramesPerPass = -1 }, "frames per pass" },
        { new() { Window = 0 }, "window = 0 is out of range: 1 to 1000" },
        { new() { WindowOverlap = -1 }, "window overlap" },
        { new() { Window = 8, WindowOverlap = 8 }, "window overlap = 8 is out of range: 0 to window - 1 = 7" },
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
        Assert.True(e.Code is InputCode.OutOfRange or InputCode.Conflict, $"{e.Code}");
    }

    [Theory]
    [InlineData(EvsMode.Evs, 10, true, true)]
    [InlineData(EvsMode.Evs, 0, true, false)]
    [InlineData(EvsMode.T2I, 10, true, false)]
    [InlineData(EvsMode.T2V, 0, false, true)]
    [InlineData(EvsMode.T2IThenT2V, 0, true, true)]
    [InlineData(EvsMode.T2VThenT2I, 0, true, true)]
    public void A_composition_knows_the_models_that_it_asks(EvsMode mode, int insertion, bool image, bool motion)
    {
        var c = new EvsConfig { Mode = mode, Insertion = insertion };
        Assert.Equal((image, motion), (c.NeedsImage, c.NeedsMotion));
        Assert.Equal(image, EvsPlan.Build(c).Any(stage => stage.Expert == Expert.Image));
        Assert.Equal(motion, EvsPlan.Build(c).Any(stage => stage.Expert == Expert.Video));
    }

    [Fact]
    public void What_a_composition_does_not_read_may_be_anything()
    {
        new EvsConfig { Mode = EvsMode.T2I, ImageStart = 3, Insertion = 40, VideoStart = 90, VideoCalls = 70 }.Validate();
        new EvsConfig { Mode = EvsMode.T2V, ImageStart = 300, Insertion = 400, VideoCalls = 70 }.Validate();
        new EvsConfig { Mode = EvsMode.T2I, Sfi = new SfiConfig(SfiPreset.Deep), VideoEntry = Entry.Noise }.Validate();
    }

    /// <summary>The motion modules' positions hold the window back, in silence where nobody chose it.</summary>
    [Fact]
    public void Windows_are_no_longer_than_the_motion_modules_take()
    {
        Assert.Equal(new VideoWindows(16, 4, true), new EvsConfig().Windows(32));
        Assert.Equal(new VideoWindows(6, 4, true), new EvsConfig().Windows(6));
        Assert.Equal(new VideoWindows(24, 5, false), new EvsConfig { Window = 24, WindowOverlap = 5, WindowShift = false }.Windows(24));
        var e = Assert.Throws<InputException>(() => new EvsConfig { Window = 25 }.Windows(24));
        Assert.Equal((InputCode.OutOfRange, true), (e.Code, e.Message.Contains("have 24 positions", StringComparison.Ordinal)));
    }
}
