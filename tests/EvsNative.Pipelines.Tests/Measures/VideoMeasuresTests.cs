using System.Diagnostics;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Tests.Measures;

/// <summary>Expected values are those of weights/demo/measure.py, printed by expected.py beside the test project.</summary>
public sealed class ClipMeasuresTests
{
    [Theory]
    [InlineData("clean", 1.7843798398971558, 0.6576733271280925, 4.652757167816162)]
    [InlineData("clip", 7.313331127166748, 3.765037027994792, 4.927771091461182)]
    public void The_demos_frames_measure_as_measure_py_says(string name, double flicker, double residual, double sharpness) =>
        Near(VideoMeasures.Of(TestVideos.Demo(name)), flicker, residual, sharpness, null);

    [Fact]
    public void The_enlarged_demo_clip_measures_as_measure_py_says()
    {
        var input = PixelResize.Bicubic(TestVideos.Demo("clip"), 128, 128);
        var measures = VideoMeasures.Of(input, TestVideos.Demo("clean"));
        Near(measures, 7.177558898925781, 2.7976776123046876, 2.7796144485473633, 22.91943873987988);
    }

    [Fact]
    public void Sizes_that_do_not_fill_blocks_measure_as_measure_py_says()
    {
        var clip = TestVideos.Formula(4, 21, 27);
        byte[] backwards = [.. Enumerable.Range(0, 4).Reverse().SelectMany(t => clip.Frame(t).ToArray())];
        var measures = VideoMeasures.Of(clip, clip.With(backwards, 21, 27));
        Near(measures, 64.12400817871094, 37.76812744140625, 46.2742919921875, 7.7580162818460074);
    }

    /// <summary>Frames that pass by give the very numbers of frames that are all at hand, whoever was quicker.</summary>
    [Theory]
    [InlineData(5, 40, 56)]
    [InlineData(2, 129, 77)]
    [InlineData(3, 7, 30)]
    [InlineData(1, 16, 16)]
    public void Frames_one_by_one_measure_to_the_bit_as_a_whole_clip_did(int frames, int height, int width)
    {
        VideoFrames clip = TestVideos.Noise(frames, height, width, 3), clean = TestVideos.Smooth(frames, height, width);
        foreach (var reference in new[] { clean, null })
            Assert.Equal(WholeClipMeasures.Of(clip, reference), VideoMeasures.Of(clip, reference));
    }

    [Fact]
    public void The_numbers_over_time_have_the_clips_as_their_mean()
    {
        var clip = TestVideos.Formula(6, 32, 24);
        using var measures = new ClipMeasures(clip.Format);
        for (int i = 0; i < clip.Count; i++) measures.Add(clip.Frame(i));
        Assert.Equal((6, 5, 5), (measures.Count, measures.Flicker.Count(), measures.Residual.Count()));
        Assert.Equal(measures.Measures.Flicker!.Value, measures.Flicker.Average(), 1e-9);
        Assert.Equal(measures.Measures.Residual!.Value, measures.Residual.Average(), 1e-9);
        Assert.True(measures.Flicker.Distinct().Count() > 1);
    }

    [Fact]
    public void A_still_clip_neither_flickers_nor_moves()
    {
        var one = TestVideos.Noise(1, 24, 16, 1);
        var still = TestVideos.Of([.. one.Pixels, .. one.Pixels, .. one.Pixels], 3, 24, 16, one.Rate, "still");
        var measures = VideoMeasures.Of(still, still);
        Assert.Equal((0, 0, double.PositiveInfinity), (measures.Flicker, measures.Residual, measures.Psnr));
        Assert.Equal(VideoMeasures.Of(one).Sharpness!.Value, measures.Sharpness!.Value, 1e-9);
    }

    [Fact]
    public void Movement_within_reach_leaves_no_residual_inside()
    {
        // One picture of noise slides by (3, -5) a frame: blocks that stay inside find themselves again, so the residual is a border's.
        var wide = TestVideos.Noise(1, 200, 200, 4);
        VideoFrames[] frames = [.. Enumerable.Range(0, 3).Select(t => Window(wide, 20 + 3 * t, 40 - 5 * t, 96, 96))];
        var clip = TestVideos.Of([.. frames.SelectMany(f => f.Pixels)], 3, 96, 96, wide.Rate, "slide");
        var measures = VideoMeasures.Of(clip);
        Assert.InRange(measures.Residual!.Value / measures.Flicker!.Value, 0.01, 0.2);
    }

    [Fact]
    public void What_a_clip_is_too_small_for_has_no_number()
    {
        var measures = VideoMeasures.Of(TestVideos.Noise(1, 2, 9, 1));
        Assert.Equal(new VideoMeasures(null, null, null), measures);
        Assert.Null(VideoMeasures.Of(TestVideos.Noise(3, 7, 30, 1)).Residual);
    }

    [Fact]
    public void Clips_of_two_sizes_are_not_compared() =>
        Assert.Throws<ArgumentException>(() => VideoMeasures.PsnrOf(TestVideos.Noise(1, 4, 4, 1), TestVideos.Noise(1, 4, 5, 1)));

    [Fact]
    public void A_long_large_clip_is_measured_in_seconds()
    {
        var clip = TestVideos.Noise(16, 1024, 1024, 1);
        var watch = Stopwatch.StartNew();
        Assert.NotNull(VideoMeasures.Of(clip, clip).Residual);
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} s");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    private static VideoFrames Window(VideoFrames clip, int top, int left, int height, int width)
    {
        byte[] pixels = new byte[height * width * VideoFormat.Channels];
        for (int y = 0; y < height; y++)
            clip.Frame(0).Slice(((top + y) * clip.Width + left) * VideoFormat.Channels, width * VideoFormat.Channels).CopyTo(
                pixels.AsSpan(y * width * VideoFormat.Channels));
        return TestVideos.Of(pixels, 1, height, width, clip.Rate, "window");
    }

    private static void Near(VideoMeasures measures, double flicker, double residual, double sharpness, double? psnr)
    {
        Assert.InRange(measures.Flicker!.Value / flicker, 1 - 1e-4, 1 + 1e-4);
        Assert.InRange(measures.Residual!.Value / residual, 1 - 1e-4, 1 + 1e-4);
        Assert.InRange(measures.Sharpness!.Value / sharpness, 1 - 1e-4, 1 + 1e-4);
        Assert.Equal(psnr is null, measures.Psnr is null);
        if (psnr is not null) Assert.InRange(measures.Psnr!.Value / psnr.Value, 1 - 1e-4, 1 + 1e-4);
    }
}
