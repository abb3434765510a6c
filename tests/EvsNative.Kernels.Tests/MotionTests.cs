using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Warps, look-ups and blends on every device.</summary>
public sealed class MotionTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Warps_by_any_flow_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 3), draw.Whole(1, 12), draw.Whole(1, 15), draw.Whole(1, 37));
            int channels = draw.Whole(2, 6), channel = draw.Whole(0, channels - 2);
            float reach = draw.Of(0.5f, 3, 40);
            Values x = Values.Normal(draw, shape), flow = Values.Normal(draw, shape with { C = channels }, reach);
            devices.Check(
                Motions.Warp(x, flow, channel), Tolerance, $"seed {seed}: {shape}, channel {channel} of {channels}, {reach} pixels",
                d => Warped(d, x, flow, channel));
        }
    }

    [Fact]
    public void A_flow_of_whole_pixels_moves_a_picture_and_its_edges_stay()
    {
        var x = Values.Normal(new Draw(2), new Shape(2, 6, 7, 5));
        foreach (var (right, down) in ((int, int)[])[(0, 0), (2, -1), (-100, 100)])
        {
            float[] pixels = [.. Enumerable.Range(0, 2 * (int)x.Shape.Rows).Select(i => (float)(i % 2 == 0 ? right : down))];
            var flow = new Values(x.Shape with { C = 2 }, pixels);
            double[] wanted =
            [
                .. from n in Enumerable.Range(0, 2)
                   from i in Enumerable.Range(0, 6)
                   from j in Enumerable.Range(0, 7)
                   from c in Enumerable.Range(0, 5)
                   select x[n, Math.Clamp(i + down, 0, 5), Math.Clamp(j + right, 0, 6), c],
            ];
            devices.Check(wanted, 0, $"{right} to the right, {down} down", d => Warped(d, x, flow, 0));
        }
    }

    [Fact]
    public void Lookups_around_any_place_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 2), draw.Whole(1, 9), draw.Whole(1, 10), draw.Whole(1, 90));
            int channels = draw.Whole(2, 4), channel = draw.Whole(0, channels - 2), radius = draw.Whole(1, 4), count = draw.Whole(1, 4);
            float reach = draw.Of(0.5f, 3, 40), scale = draw.Of(1, 2, -0.5f);
            Values a = Values.Normal(draw, shape), flow = Values.Normal(draw, shape with { C = channels }, reach);
            Shape[] shapes = [.. Enumerable.Range(0, count).Select(_ => shape with { H = draw.Whole(1, 9), W = draw.Whole(1, 10) })];
            Values[] levels = [.. shapes.Select(level => Values.Normal(draw, level))];
            double[] wanted = Motions.Lookup(a, levels, flow, radius, channel, scale);
            if (wanted.All(value => value == 0)) continue;
            devices.Check(wanted, Tolerance, $"seed {seed}: {shape}, {count} levels, radius {radius}, {scale} times {reach} pixels", d =>
            {
                int side = (2 * radius) + 1;
                var y = Draw.Poisoned(d, shape with { C = count * side * side });
                Tensor[] on = [.. levels.Select(level => level.On(d))];
                d.Kernels.Lookup(y, a.On(d), on, flow.OnFloat32(d), radius, channel, scale);
                return y;
            });
        }
    }

    /// <summary>The slow index moves along columns, the fast one along rows.</summary>
    [Fact]
    public void A_lookup_finds_the_pixel_that_is_alike()
    {
        const int Radius = 3, Side = (2 * Radius) + 1;
        var shape = new Shape(1, 12, 14, 16);
        var draw = new Draw(5);
        var b = Values.Normal(draw, shape);
        foreach (var (right, down) in ((int, int)[])[(0, 0), (3, -2), (-1, 3)])
        {
            // A pixel in the middle of a is the one of b that lies so far from it.
            float[] data = new float[shape.Count];
            for (int c = 0; c < shape.C; c++) data[(((6 * shape.W) + 7) * shape.C) + c] = (float)b[0, 6 + down, 7 + right, c];
            var a = new Values(shape, data);
            foreach (var d in devices.Each)
            {
                using var scope = d.Enter("test");
                var y = Draw.Poisoned(d, shape with { C = Side * Side });
                d.Kernels.Lookup(y, a.On(d), [b.On(d)], d.Upload(new float[2 * shape.Rows], shape with { C = 2 }), Radius);
                float[] around = [.. d.Download(y).Skip(((6 * shape.W) + 7) * Side * Side).Take(Side * Side)];
                Assert.Equal(((right + Radius) * Side) + down + Radius, Array.IndexOf(around, around.Max()));
            }
        }
    }

    [Fact]
    public void Blends_may_overwrite_either_picture()
    {
        for (int seed = 0; seed < 24; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 3), draw.Whole(1, 12), draw.Whole(1, 15), draw.Whole(1, 37));
            int channels = draw.Whole(1, 4), channel = draw.Whole(0, channels - 1), into = seed % 3;
            Values a = Values.Normal(draw, shape), b = Values.Normal(draw, shape), mask = Values.Normal(draw, shape with { C = channels });
            string what = $"seed {seed}: {shape}, channel {channel} of {channels}, into {into}";
            devices.Check(Pointwises.Blended(a, b, mask, channel), Tolerance, what, d =>
            {
                Tensor one = a.On(d), two = b.On(d), y = into == 0 ? one : into == 1 ? two : Draw.Poisoned(d, shape);
                d.Kernels.Blend(y, one, two, mask.On(d), channel);
                return y;
            });
        }
    }

    private static Tensor Warped(Device d, Values x, Values flow, int channel)
    {
        var y = Draw.Poisoned(d, x.Shape);
        d.Kernels.Warp(y, x.On(d), flow.OnFloat32(d), channel);
        return y;
    }
}
