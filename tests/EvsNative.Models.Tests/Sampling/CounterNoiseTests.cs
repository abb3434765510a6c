using EvsNative.Kernels;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Sampling;

public sealed class CounterNoiseTests
{
    private static readonly Shape Clip = new(3, 4, 5, 4);

    [Fact]
    public void Every_entry_and_draw_has_numbers_of_its_own_and_always_the_same()
    {
        float[][] drawn = [Draw(7, 0, 0), Draw(7, 1, 0), Draw(7, 0, 1), Draw(7, 1, 1), Draw(8, 0, 0)];
        for (int i = 0; i < drawn.Length; i++)
        {
            for (int j = 0; j < i; j++) Assert.DoesNotContain(drawn[i], x => drawn[j].Contains(x));
        }

        Assert.Equal(drawn[3], Draw(7, 1, 1));
    }

    [Fact]
    public void Frames_share_as_much_as_they_are_told()
    {
        float[] own = Draw(7, 0, 0), shared = Draw(7, 0, 0, shared: 1);
        int frame = Clip.Pixels * Clip.C;
        Assert.NotEqual(own[..frame], own[frame..(2 * frame)]);
        Assert.Equal(shared[..frame], shared[frame..(2 * frame)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void A_later_piece_of_a_clip_has_the_numbers_of_its_frames(double shared)
    {
        int frame = Clip.Pixels * Clip.C;
        Assert.Equal(Draw(7, 1, 2, shared)[frame..], Draw(7, 1, 2, shared, firstFrame: 1)[..^frame]);
    }

    private static float[] Draw(ulong seed, int entry, int draw, double shared = 0, int firstFrame = 0)
    {
        using var d = Device.Open();
        var y = Testing.Draw.Poisoned(d, Clip);
        new CounterNoise(seed, shared).Fill(d, y, firstFrame, entry, draw);
        return d.Download(y);
    }
}
