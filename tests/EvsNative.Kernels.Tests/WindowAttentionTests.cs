using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class WindowAttentionTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void Windows_of_any_size_and_shift_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 48; seed++)
        {
            var draw = new Draw(seed);
            int heads = draw.Whole(1, 3), frames = draw.Whole(1, 5);
            var shape = new Shape(frames * draw.Whole(1, 2), draw.Whole(1, 9), draw.Whole(1, 9), heads * draw.Whole(1, 32));
            (int D, int H, int W) window = (draw.Whole(1, 4), draw.Whole(1, 5), draw.Whole(1, 5));
            var shift = (draw.Whole(0, window.D - 1), draw.Whole(0, window.H - 1), draw.Whole(0, window.W - 1));
            Check(draw, shape, heads, frames, window, shift, hasFragments: draw.Once(2));
        }
    }

    /// <summary>DOVER's windows: where frames are split by the shift, where they are not, and where a layer is a single window.</summary>
    [Theory]
    [InlineData(16, 14, 14, true)]
    [InlineData(16, 14, 14, false)]
    [InlineData(16, 7, 7, true)]
    [InlineData(3, 10, 16, true)]
    [InlineData(5, 5, 5, true)]
    [InlineData(9, 5, 15, true)]
    public void Windows_of_the_network_are_what_the_definition_says(int frames, int height, int width, bool isShifted)
    {
        var shape = new Shape(frames, height, width, 64);
        Check(new Draw(frames + height), shape, 2, frames, (8, 7, 7), isShifted ? (4, 3, 3) : default, hasFragments: height != 7);
    }

    /// <summary>Scores that tell one token from all others, so that a token in a wrong place would be seen.</summary>
    [Fact]
    public void Sharp_attention_stays_in_its_window_and_region()
    {
        var draw = new Draw(8);
        var shape = new Shape(4, 6, 6, 16);
        Check(draw, shape, 2, 4, (2, 3, 3), (1, 1, 2), hasFragments: true, deviation: 6, tolerance: 1e-5);
    }

    [Fact]
    public void Clips_of_one_call_are_what_each_is_alone()
    {
        var shape = new Shape(6, 5, 7, 24);
        var draw = new Draw(4);
        var setting = Setting(draw, 2, 3, (2, 3, 4), (1, 2, 2), 24, true);
        Values q = Values.Normal(draw, shape), k = Values.Normal(draw, shape), v = Values.Normal(draw, shape);
        foreach (var d in devices.Each)
        {
            using var scope = d.Enter("test");
            Tensor y = Draw.Poisoned(d, shape), each = Draw.Poisoned(d, shape), queries = q.On(d), keys = k.On(d), values = v.On(d);
            var options = setting.On(d);
            d.Kernels.WindowAttention(y, queries, keys, values, options);
            for (int clip = 0; clip < 2; clip++)
            {
                d.Kernels.WindowAttention(
                    each.Images(3 * clip, 3), queries.Images(3 * clip, 3), keys.Images(3 * clip, 3), values.Images(3 * clip, 3), options);
            }

            Assert.Equal(d.Download(y), d.Download(each));
        }
    }

    private void Check(
        Draw draw, Shape shape, int heads, int frames, (int D, int H, int W) window, (int D, int H, int W) shift, bool hasFragments,
        float deviation = 1, double tolerance = Tolerance)
    {
        var setting = Setting(draw, heads, frames, window, shift, shape.C, hasFragments);
        Values q = Values.Halves(draw, shape, deviation), k = Values.Halves(draw, shape, deviation), v = Values.Normal(draw, shape);
        string what =
            $"seed {draw.Seed}: {shape}, {heads} heads, {frames} frames, window {window}, shift {shift}, fragments {hasFragments}";
        devices.Check(WindowAttentions.Attend(q, k, v, setting), tolerance, what, d =>
        {
            var y = Draw.Poisoned(d, shape);
            d.Kernels.WindowAttention(y, q.On(d), k.On(d), v.On(d), setting.On(d));
            return y;
        });
    }

    private static WindowSetting Setting(
        Draw draw, int heads, int frames, (int D, int H, int W) window, (int D, int H, int W) shift, int channels, bool hasFragments)
    {
        var table = new Shape(1, 1, ((2 * window.D) - 1) * ((2 * window.H) - 1) * ((2 * window.W) - 1), heads);
        return new WindowSetting(
            heads, frames, window, shift, Values.Normal(draw, table), hasFragments ? Values.Normal(draw, table) : null,
            Values.Normal(draw, Shape.Vector(channels)), Values.Normal(draw, Shape.Vector(channels)));
    }
}
