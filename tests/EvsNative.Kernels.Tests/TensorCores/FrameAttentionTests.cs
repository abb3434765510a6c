using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class FrameAttentionTests(FrameTrial run) : IClassFixture<FrameTrial>
{
    [Theory]
    [InlineData(40, 16)]
    [InlineData(80, 16)]
    [InlineData(160, 16)]
    [InlineData(64, 5)]
    [InlineData(128, 17)]
    [InlineData(8, 1)]
    [InlineData(88, 9)]
    [InlineData(40, 32)]
    [InlineData(160, 25)]
    public void Every_head_size_attends_through_the_frames(int size, int frames) => Check(size, 2, frames, videos: 2);

    [Theory]
    [InlineData(40, 16)]
    [InlineData(80, 20)]
    public void Recorded_queries_are_blended_in(int size, int frames) => Check(size, 2, frames, videos: 1, isBlended: true);

    [Fact]
    public void An_odd_number_of_heads_of_40_goes_one_by_one()
    {
        Assert.Equal(1, FramePlan.Of(40, 3, 16).Heads);
        Check(40, 3, 16, videos: 1);
    }

    [Fact]
    public void More_videos_do_not_change_the_bits_of_one()
    {
        var draw = new Draw(3);
        var shape = new Shape(12, 1, 3, 80);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, shape), v = Values.Halves(draw, shape);
        float[] all = run.Run(q, k, v, new AttentionOptions(2, SequenceAxis.Frames, 6));
        float[] second = run.Run(Last(q), Last(k), Last(v), new AttentionOptions(2, SequenceAxis.Frames, 6));
        Assert.Equal(second, all[^second.Length..]);

        static Values Last(Values x) => new(x.Shape with { N = 6 }, x.Data[(x.Data.Length / 2)..]);
    }

    [Fact]
    public void What_is_not_a_number_stays_in_its_video_and_pixel()
    {
        var draw = new Draw(4);
        var shape = new Shape(10, 1, 2, 80);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, shape), v = Values.Halves(draw, shape);
        v.Data[(2 * 2 * 80) + 7] = float.NaN;
        q.Data[(6 * 2 * 80) + 80 + 50] = float.NaN;
        float[] y = run.Run(q, k, v, new AttentionOptions(2, SequenceAxis.Frames, 5));
        for (int frame = 0; frame < 5; frame++) Assert.False(float.IsFinite(y[(frame * 160) + 7]));
        Assert.All(Enumerable.Range(0, 40), c => Assert.False(float.IsFinite(y[(6 * 160) + 120 + c])));
        for (int i = 0; i < y.Length; i++)
        {
            int frame = i / 160, pixel = i / 80 % 2;
            if (!(frame < 5 && pixel == 0) && !(frame == 6 && pixel == 1)) Assert.True(float.IsFinite(y[i]), $"{i}");
        }
    }

    [Fact]
    public void Plans_suit_every_device_with_the_tensor_cores_for_it()
    {
        foreach (var caps in GpuProfiles.All)
        {
            Assert.Equal(caps.TensorCores == TensorGeneration.Ampere, FramePlan.Suits(caps, 40, 16));
            Assert.False(FramePlan.Suits(caps, 40, 33));
            Assert.False(FramePlan.Suits(caps, 44, 16));
            Assert.False(FramePlan.Suits(caps, 168, 16));
        }
    }

    private void Check(int size, int heads, int frames, int videos, bool isBlended = false)
    {
        var draw = new Draw(size + frames);
        var shape = new Shape(videos * frames, 1, 3, heads * size);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, shape), v = Values.Halves(draw, shape);
        var options = new AttentionOptions(heads, SequenceAxis.Frames, frames);
        run.Check(q, k, v, options, isBlended ? Values.Halves(draw, shape) : null);
    }
}

/// <summary>The kernel through frames.</summary>
public sealed class FrameTrial() : AttentionTrial((gpu, _, others) => new FrameAttention(gpu, others), ElementType.Float16);
