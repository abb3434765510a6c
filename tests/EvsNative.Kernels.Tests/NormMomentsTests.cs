using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Moments of channels on every device, and norms by moments that are given.</summary>
public sealed class NormMomentsTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 1e-6;
    private const int Run = ChannelMoments.Run;

    [Fact]
    public void Moments_of_any_size_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 24; seed++)
        {
            var draw = new Draw(seed);
            var shape = Runs(draw, draw.Whole(1, 5), draw.Whole(1, 100));
            float mean = draw.Of(0, 3, -100);
            var x = Values.Halves(draw, shape, 1, mean);
            Check(x, $"seed {seed}: {shape} around {mean}", Tolerance);
        }
    }

    /// <summary>
    /// The squares alone: beside a mean of ten thousand they are a part in a hundred million of the squared values. A channel of one value
    /// has none at all. An outlier is where kernels look for a value that is like the others.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(63)]
    public void Large_means_and_outliers_cost_moments_no_accuracy(int outlier)
    {
        var shape = new Shape(2, 16, 8, 37);
        var x = Values.Normal(new Draw(9), shape, 1, 1e4f);
        for (int row = 0; row < shape.Rows; row++)
        {
            if (row % Run == outlier) x.Data[(row * shape.C) + 35] = 1e4f + 300;
            x.Data[(row * shape.C) + 36] = -1234.567f;
        }

        foreach (var d in devices.Each.Where(d => d.Precision == ElementType.Float32))
        {
            using var scope = d.Enter("test");
            float[] got = d.Download(Moments(d, x));
            double[] wanted = Norms.Moments(x);
            for (int i = 0; i < got.Length; i++)
            {
                double most = i / shape.C % 2 == 0 ? 2e-7 : i % shape.C == 36 ? 0 : 2e-5;
                Assert.True(Math.Abs(got[i] - wanted[i]) <= most * Math.Abs(wanted[i]) || (most == 0 && got[i] == 0),
                    $"{d.Description}, channel {i % shape.C}: {got[i]}, {wanted[i]} was expected");
            }
        }
    }

    [Fact]
    public void A_norm_is_by_the_moments_that_are_given_whatever_its_input_is()
    {
        for (int seed = 0; seed < 24; seed++)
        {
            var draw = new Draw(seed);
            int groups = draw.Whole(1, 8);
            var shape = new Shape(draw.Whole(1, 4), draw.Whole(1, 9), draw.Whole(1, 40), groups * draw.Whole(1, 12));
            var activation = draw.Of(Activation.None, Activation.Silu, Activation.Gelu);
            float mean = draw.Of(0, -30, 1e3f);
            Values x = Values.Halves(draw, shape, 1, mean), weight = Values.Normal(draw, Shape.Vector(shape.C));
            var moments = Values.Normal(draw, new Shape(shape.N, draw.Whole(1, 9), 2, shape.C));
            var bias = Values.Normal(draw, Shape.Vector(shape.C));
            for (int i = 0; i < moments.Data.Length; i++)
                moments.Data[i] = i / shape.C % 2 == 0 ? mean + 1 + (3 * moments.Data[i]) : Run * MathF.Abs(moments.Data[i]);
            double[] wanted = Norms.GroupByMoments(x, moments, weight, bias, groups, 1e-5f, activation);
            foreach (bool isInPlace in (bool[])[false, true])
            {
                devices.Check(wanted, Tolerance, $"seed {seed}: x {shape} around {mean}, {groups} groups, in place {isInPlace}", d =>
                {
                    var on = x.On(d);
                    var y = isInPlace ? on : Draw.Poisoned(d, shape);
                    d.Kernels.GroupNorm(
                        y, on, null, weight.OnFloat32(d), bias.OnFloat32(d), groups, 1e-5f, activation, moments.OnFloat32(d));
                    return y;
                });
            }
        }
    }

    /// <summary>What decoding in bands rests on: each band's moments, merged for the picture, then each band by the picture's.</summary>
    [Fact]
    public void Bands_of_a_picture_by_its_moments_are_the_rows_of_the_whole_norm()
    {
        const int Groups = 5, Bands = 3;
        var draw = new Draw(4);
        Shape shape = new(1, 24, 16, 40), part = shape with { H = shape.H / Bands };
        var x = Values.Halves(draw, shape);

        // Bands that differ: one normed by its own moments would be another.
        for (int i = 0; i < x.Data.Length; i++) x.Data[i] = (float)(Half)(x.Data[i] * (1 + (i / part.Count)) + (10 * (i / part.Count)));
        Values weight = Values.Normal(draw, Shape.Vector(shape.C)), bias = Values.Normal(draw, Shape.Vector(shape.C));
        double[] wanted = Norms.Group(x, null, weight, bias, Groups, 1e-5f, Activation.Silu);
        devices.Check(wanted, Tolerance, "bands", d =>
        {
            var y = Draw.Poisoned(d, shape);
            Values[] bands = [.. x.Data.Chunk((int)part.Count).Select(data => new Values(part, data))];
            float[][] moments = [.. bands.Select(band => d.Download(Moments(d, band)))];
            var picture = d.Upload(Picture(moments, part), ChannelMoments.ShapeOf(part)!.Value);
            for (int k = 0; k < Bands; k++)
            {
                var band = new Tensor(y.Buffer, y.Offset + (k * part.Count), part, y.Type);
                d.Kernels.GroupNorm(
                    band, bands[k].On(d), null, weight.OnFloat32(d), bias.OnFloat32(d), Groups, 1e-5f, Activation.Silu, picture);
            }

            return y;
        });
    }

    /// <summary>What is not finite in the input stays where it is, if the moments are of something else; these reach their group.</summary>
    [Fact]
    public void What_is_not_a_number_stays_in_its_place_or_in_the_image_and_group_of_its_moments()
    {
        var shape = new Shape(2, 8, 8, 12);
        var draw = new Draw(3);
        Values x = Values.Halves(draw, shape), one = new(Shape.Vector(shape.C), [.. Enumerable.Repeat(1f, shape.C)]);
        x.Data[100] = float.NaN;
        x.Data[900] = float.PositiveInfinity;
        float[] moments = [.. Enumerable.Range(0, 4 * shape.C).Select(i => i / shape.C % 2 * (float)Run)];
        foreach (var d in devices.Each)
        {
            using var scope = d.Enter("test");
            float[] y = Normed(d);
            Assert.Equal([100, 900], Enumerable.Range(0, y.Length).Where(i => !float.IsFinite(y[i])));
            moments[(2 * shape.C) + 5] = float.NaN;
            y = Normed(d);
            int[] lost = [.. Enumerable.Range(0, y.Length).Where(i => i != 100 && i != 900 && !float.IsFinite(y[i]))];
            int[] group = [.. Enumerable.Range(0, y.Length).Where(i => i != 900 && i / (Run * shape.C) == 1 && i % shape.C / 4 == 1)];
            Assert.Equal(group, lost);
            moments[(2 * shape.C) + 5] = 0;

            float[] Normed(Device d)
            {
                var y = d.Rent(shape, d.Precision);
                var by = d.Upload(moments, ChannelMoments.ShapeOf(shape)!.Value);
                d.Kernels.GroupNorm(y, x.On(d), null, one.OnFloat32(d), one.OnFloat32(d), 3, 1e-5f, Activation.None, by);
                return d.Download(y);
            }
        }
    }

    private void Check(Values x, string what, double tolerance)
    {
        double[] wanted = [.. Norms.Weighed(Norms.Moments(x), x.Shape.C)];
        foreach (var d in devices.All)
        {
            using var scope = d.Enter("test");
            float[] got = d.Download(Moments(d, x));
            double error = Relative.Error([.. Norms.Weighed(got.Select(value => (double)value), x.Shape.C).Select(v => (float)v)], wanted);
            double most = d.Backend == Backend.Cpu ? tolerance : OpenCLDevice.Tolerance;
            Assert.True(error <= most, $"{what}: {d.Description}, {d.Precision}: error {error:e2}, at most {most:e1} was expected");
        }
    }

    private static Tensor Moments(Device d, Values x)
    {
        var moments = Draw.Poisoned(d, ChannelMoments.ShapeOf(x.Shape)!.Value, ElementType.Float32);
        d.Kernels.ChannelMoments(moments, x.On(d));
        return moments;
    }

    /// <summary>The picture's means and 64 times its variances in each run of a band.</summary>
    private static float[] Picture(float[][] bands, Shape part)
    {
        int channels = part.C, runs = part.Pixels / Run, all = bands.Length * runs;
        float[] picture = new float[runs * 2 * channels];
        for (int c = 0; c < channels; c++)
        {
            (double Mean, double Squares)[] each =
            [
                .. bands.SelectMany(band => Enumerable.Range(0, runs).Select(run =>
                    ((double)band[(2 * run * channels) + c], (double)band[(((2 * run) + 1) * channels) + c]))),
            ];
            double mean = each.Average(m => m.Mean), squares = each.Sum(m => m.Squares + (Run * (m.Mean - mean) * (m.Mean - mean)));
            for (int run = 0; run < runs; run++)
                (picture[(2 * run * channels) + c], picture[(((2 * run) + 1) * channels) + c]) = ((float)mean, (float)(squares / all));
        }

        return picture;
    }

    /// <summary>An image of whole runs, in rows of any length that allows it.</summary>
    private static Shape Runs(Draw draw, int images, int channels)
    {
        int width = draw.Of(1, 2, 4, 8, 16, 64), runs = draw.Whole(1, 9);
        return new Shape(images, Run * runs / width, width, channels);
    }
}
