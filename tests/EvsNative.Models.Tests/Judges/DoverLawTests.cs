using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>What holds of DOVER whatever its weights are.</summary>
public sealed class DoverLawTests
{
    private static readonly Shape Clip = new(DoverConfig.Frames, 64, 96, 3);

    [Fact]
    public void What_a_clip_is_given_depends_on_neither_other_clips_nor_threads()
    {
        float[] first = new Draw(1).Normals(Clip.Count), second = new Draw(2).Normals(Clip.Count);
        double[] both = Technical(1, [.. first, .. second]);
        Assert.Equal(2, both.Length);
        Assert.NotEqual(both[0], both[1]);
        double[] alone = [.. Technical(3, first), .. Technical(2, second)];
        Assert.Equal(alone, both);

        static double[] Technical(int threads, float[] frames)
        {
            using var d = Device.Open(new DeviceOptions(Threads: threads));
            return SmallDover.Open(d).Technical(d, d.Upload(frames, Clip with { N = frames.Length / (int)(Clip.Count / Clip.N) }));
        }
    }

    [Fact]
    public void A_score_is_the_mean_over_the_places()
    {
        using var d = Device.Open();
        var dover = SmallDover.Open(d);
        var x = new Draw(3).Normals(d, Clip);
        Tensor technical = dover.TechnicalPlaces(d, x), aesthetic = dover.AestheticPlaces(d, x);
        Assert.Equal(new Shape(16, 2, 3, 1), technical.Shape);
        Assert.Equal(new Shape(16, 2, 3, 1), aesthetic.Shape);
        Assert.Equal(d.Download(technical).Average(v => (double)v), Assert.Single(dover.Technical(d, x)));
        Assert.Equal(d.Download(aesthetic).Average(v => (double)v), dover.Aesthetic(d, x));
    }

    /// <summary>One layer of each of four stages looks at the frames beside a frame: zeros outside the clip reach four frames in.</summary>
    [Fact]
    public void Of_a_still_clip_the_aesthetic_branch_sees_the_same_but_near_its_ends()
    {
        using var d = Device.Open();
        float[] picture = new Draw(4).Normals(Clip.Count / Clip.N);
        float[] still = [.. Enumerable.Repeat(picture, Clip.N).SelectMany(values => values)];
        float[][] places = [.. d.Download(SmallDover.Open(d).AestheticPlaces(d, d.Upload(still, Clip))).Chunk(6)];
        Assert.Equal(16, places.Length);
        for (int frame = 4; frame <= 11; frame++) Assert.Equal(places[4], places[frame]);
        Assert.NotEqual(places[3], places[4]);
        Assert.NotEqual(places[12], places[4]);
    }

    [Fact]
    public void A_pass_leaves_nothing_in_the_arena()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var dover = SmallDover.Open(d);
        var x = d.Rent(Clip);
        d.ResetPeak();
        long before = d.ScratchPeakBytes;
        Assert.Equal([0], dover.Technical(d, x));
        Assert.Equal(0, dover.Aesthetic(d, x));
        Assert.True(d.ScratchPeakBytes > before);
        d.ResetPeak();
        Assert.Equal(before, d.ScratchPeakBytes);
    }

    [Fact]
    public void Frames_that_are_no_clips_are_refused()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var dover = SmallDover.Open(d);
        Assert.Contains("32 frames", Assert.Throws<ArgumentException>(() => dover.Technical(d, d.Rent(Clip with { N = 33 }))).Message,
            StringComparison.Ordinal);
        Assert.Contains("32 frames", Assert.Throws<ArgumentException>(() => dover.Aesthetic(d, d.Rent(Clip with { N = 64 }))).Message,
            StringComparison.Ordinal);
    }
}
