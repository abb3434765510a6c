using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class NormTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Group_norms_of_any_size_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 80; seed++)
        {
            var draw = new Draw(seed);
            int groups = draw.Whole(1, 8), channels = groups * draw.Whole(1, 12), first = draw.Once(3) ? draw.Whole(1, channels) : channels;
            var shape = new Shape(draw.Whole(1, 4), draw.Whole(1, 40), draw.Whole(1, 20), first);
            Normalise(draw, shape, channels - first, groups, draw.Of(0, 2, -30), draw.Of(Activation.None, Activation.Silu, Activation.Gelu),
                draw.Once(2));
        }
    }

    [Theory]
    [InlineData(1, 700, 9, 40, 0, 8)]
    [InlineData(200, 1, 2, 40, 0, 8)]
    [InlineData(1, 1, 1, 64, 0, 32)]
    [InlineData(2, 20, 31, 64, 32, 32)]
    [InlineData(1, 9, 9, 320, 320, 32)]
    [InlineData(3, 7, 5, 60, 36, 8)]
    [InlineData(2, 16, 16, 12, 0, 1)]
    public void Group_norms_of_many_pixels_of_many_images_and_of_groups_across_two_inputs(int n, int h, int w, int c, int c2, int groups) =>
        Normalise(new Draw(n + c), new Shape(n, h, w, c), c2, groups, 0, Activation.Silu, isHalf: true);

    [Theory]
    [InlineData(1e3f, false)]
    [InlineData(1e3f, true)]
    [InlineData(1e4f, false)]
    public void A_mean_far_larger_than_the_deviation_costs_group_norm_no_accuracy(float mean, bool isHalf) =>
        Normalise(new Draw(5), new Shape(2, 33, 21, 48), 16, 8, mean, Activation.None, isHalf);

    /// <summary>The first pixel is what kernels subtract from the others; every group has four channels.</summary>
    [Theory]
    [InlineData(300)]
    [InlineData(-3000)]
    public void An_outlier_in_the_first_pixel_costs_group_norm_no_accuracy(float outlier)
    {
        var draw = new Draw(6);
        var x = Values.Normal(draw, new Shape(1, 61, 67, 16));
        for (int c = 0; c < 16; c++) x.Data[c] = outlier;
        Normalise(draw, x, null, 4, Activation.None, isHalf: false, tolerance: OpenCLDevice.Tolerance);
    }

    [Fact]
    public void Layer_norms_of_any_size_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 80; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(
                draw.Whole(1, 6), draw.Whole(1, 8), draw.Whole(1, 20), draw.Once(4) ? draw.Whole(90, 2500) : draw.Whole(2, 90));
            bool isHalf = draw.Once(2);
            float mean = draw.Of(0, 3, 1e3f);
            var perImage = draw.Once(2) ? Values.Normal(draw, Shape.Vector(shape.C) with { N = draw.Whole(1, shape.N) }) : null;
            var x = isHalf ? Values.Halves(draw, shape, 1, mean) : Values.Normal(draw, shape, 1, mean);
            var (weight, bias) = (Values.Normal(draw, Shape.Vector(shape.C)), Values.Normal(draw, Shape.Vector(shape.C)));
            double[] wanted = Norms.Layer(x, weight, bias, 1e-5f, perImage);
            foreach (bool isInPlace in (bool[])[false, true])
            {
                devices.Check(wanted, Tolerance,
                    $"seed {seed}: x {shape} around {mean}, per image {perImage?.Shape}, in place {isInPlace}", d =>
                {
                    var on = x.On(d);
                    var y = isInPlace ? on : Draw.Poisoned(d, shape);
                    d.Kernels.LayerNorm(y, on, weight.OnFloat32(d), bias.OnFloat32(d), 1e-5f, perImage?.OnFloat32(d));
                    return y;
                }, isHalf);
            }
        }
    }

    private void Normalise(Draw draw, Shape shape, int channels2, int groups, float mean, Activation activation, bool isHalf)
    {
        Func<Draw, Shape, float, float, Values> values = isHalf ? Values.Halves : Values.Normal;
        Normalise(draw, values(draw, shape, 1, mean), channels2 > 0 ? values(draw, shape with { C = channels2 }, 1, mean) : null, groups,
            activation, isHalf);
    }

    /// <summary>
    /// Small groups amplify the rounding of their inputs, so devices of binary16 are given what they hold exactly, or nothing.
    /// </summary>
    private void Normalise(Draw draw, Values x, Values? x2, int groups, Activation activation, bool isHalf, double tolerance = Tolerance)
    {
        var whole = x.Shape with { C = x.Shape.C + (x2?.Shape.C ?? 0) };
        var (weight, bias) = (Values.Normal(draw, Shape.Vector(whole.C)), Values.Normal(draw, Shape.Vector(whole.C)));
        double[] wanted = Norms.Group(x, x2, weight, bias, groups, 1e-5f, activation);
        foreach (bool isInPlace in (bool[])[false, x2 is null])
        {
            string what =
                $"seed {draw.Seed}: x {x.Shape}, x2 {x2?.Shape}, {groups} groups, {activation}, in place {isInPlace}, halves {isHalf}";
            devices.Check(wanted, tolerance, what, d =>
            {
                var on = x.On(d);
                var y = isInPlace ? on : Draw.Poisoned(d, whole);
                d.Kernels.GroupNorm(y, on, x2?.On(d), weight.OnFloat32(d), bias.OnFloat32(d), groups, 1e-5f, activation);
                return y;
            }, isHalf);
        }
    }
}
