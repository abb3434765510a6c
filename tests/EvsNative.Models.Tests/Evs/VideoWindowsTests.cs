using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>How clips are cut, and that what is cut is put together again.</summary>
public sealed class VideoWindowsTests
{
    /// <summary>Lengths, overlaps, clips and steps at random: nothing is left out, nothing reaches beyond the clip.</summary>
    [Fact]
    public void Every_frame_is_in_full_windows_that_overlap_and_whose_weights_sum_to_one()
    {
        var draw = new Draw(14);
        for (int trial = 0; trial < 2000; trial++)
        {
            int length = draw.Whole(1, 24), overlap = draw.Whole(0, length - 1), frames = draw.Whole(1, 90), step = draw.Whole(1, 50);
            var windows = new VideoWindows(length, overlap, draw.Once(2)).Of(frames, step);
            string trialText = $"{length} {overlap} {frames} {step}";
            double[] sums = new double[frames];
            for (int n = 0; n < windows.Count; n++)
            {
                var window = windows[n];
                Assert.True(window.Count == Math.Min(length, frames), trialText);
                Assert.True(window.First >= 0 && window.End <= frames, trialText);
                int shared = n == 0 ? 0 : windows[n - 1].End - window.First;
                Assert.True(n == 0 || (window.First > windows[n - 1].First && shared >= overlap), trialText);
                Assert.True(window.Shared == shared, trialText);
                for (int i = 0; i < window.Count; i++) sums[window.First + i] += window.Weights[i];
                Assert.All(window.Weights, weight => Assert.InRange(weight, 1e-3, 1));
            }

            Assert.All(sums, sum => Assert.Equal(1, sum, 1e-6));
            Assert.Equal((0, frames), (windows[0].First, windows[^1].End));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void A_clip_of_no_more_frames_than_a_window_is_one(int frames)
    {
        var window = Assert.Single(new VideoWindows(16, 4, Shifts: true).Of(frames, 3));
        Assert.Equal((0, frames, 0), (window.First, window.Count, window.Shared));
        Assert.All(window.Weights, weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void The_last_window_is_pulled_back_to_its_full_length() => Assert.Equal(
        [(0, 16), (12, 16), (17, 16)], new VideoWindows(16, 4, Shifts: false).Of(33, 3).Select(window => (window.First, window.Count)));

    /// <summary>Weights over the frames that two windows share: 1, 2 .. against .. 2, 1.</summary>
    [Fact]
    public void Weights_fall_to_the_edges()
    {
        var windows = new VideoWindows(8, 3, Shifts: false).Of(13, 1);
        Assert.Equal([1, 1, 1, 1, 1, 0.75f, 0.5f, 0.25f], windows[0].Weights);
        Assert.Equal([0.25f, 0.5f, 0.75f, 1, 1, 1, 1, 1], windows[1].Weights);
    }

    /// <summary>By 1/2, 1/4, 3/4, 1/8 of the way from a window to the next; no step has more than one window more than it needs.</summary>
    [Fact]
    public void Windows_shift_from_step_to_step()
    {
        int[] SecondStarts(bool shifts) =>
            [.. Enumerable.Range(1, 4).Select(step => new VideoWindows(16, 4, shifts).Of(64, step)[1].First)];
        Assert.Equal([6, 9, 3, 11], SecondStarts(true));
        Assert.Equal([12, 12, 12, 12], SecondStarts(false));
        Assert.All(Enumerable.Range(1, 50), step => Assert.InRange(new VideoWindows(16, 4, true).Of(64, step).Count, 5, 6));
    }

    [Fact]
    public void Groups_share_no_frame_and_the_last_is_short()
    {
        var groups = FrameWindow.Groups(8, 3);
        Assert.Equal([(0, 3), (3, 3), (6, 2)], groups.Select(group => (group.First, group.Count)));
        Assert.All(groups, group => Assert.True(group.Shared == 0 && group.Weights.All(weight => weight == 1)));
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(7, 6)]
    [InlineData(5, 0)]
    public void Windows_are_blended_as_the_formula_says(int length, int overlap)
    {
        const int Frames = 23;
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var shape = new Shape(Frames, 2, 3, 4);
        var windows = new VideoWindows(length, overlap, Shifts: true).Of(Frames, 3);
        var draw = new Draw(3);
        float[][] parts = [.. windows.Select(window => draw.Normals(shape.Count / Frames * window.Count))];
        var y = Draw.Poisoned(d, shape);
        double[] expected = new double[shape.Count];
        int frame = (int)(shape.Count / Frames);
        foreach (var (window, part) in windows.Zip(parts))
        {
            window.Blend(d, y, d.Upload(part, shape with { N = window.Count }));
            for (int i = 0; i < part.Length; i++)
                expected[(window.First * frame) + i] += part[i] * (double)window.Weights[i / frame];
        }

        Assert.InRange(Relative.Error(d.Download(y), expected), 0, 1e-6);
    }
}
