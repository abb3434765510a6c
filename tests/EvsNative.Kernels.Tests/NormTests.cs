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
            Normalise(
                draw, shape, channels - first, groups, draw.Of(0, 2, -30),
                draw.Of(Activation.None, Activation.Silu, Activation.Gelu, Activation.Relu), draw.Once(2));
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

    [Fact]
    public void Rescaled_guidance_of_any_size_is_what_the_definition_says_and_may_overwrite_either_input()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 4), draw.Whole(1, 60), draw.Whole(1, 50), draw.Whole(1, 5));
            float guidance = draw.Of(1, 2, 7.5f), share = draw.Of(0, 0.3f, 1), mean = draw.Of(0, 3, -100);
            Values positive = Values.Normal(draw, shape, draw.Of(0.1f, 1), mean), negative = Values.Normal(draw, shape, 1, mean);
            double[] wanted = Norms.Guidance(positive, negative, guidance, share);
            int into = draw.Whole(0, 2);
            devices.Check(wanted, Tolerance, $"seed {seed}: {shape} around {mean}, guidance {guidance}, share {share}, into {into}", d =>
            {
                Tensor p = positive.OnFloat32(d), n = negative.OnFloat32(d);
                var y = into == 0 ? Draw.Poisoned(d, shape, ElementType.Float32) : into == 1 ? p : n;
                d.Kernels.RescaleGuidance(y, p, n, guidance, share);
                return y;
            });
        }
    }

    /// <summary>The first value of an image is what kernels subtract from the others.</summary>
    [Fact]
    public void An_outlier_that_comes_first_costs_rescaled_guidance_no_accuracy()
    {
        var draw = new Draw(7);
        var shape = new Shape(2, 128, 128, 4);
        Values positive = Values.Normal(draw, shape), negative = Values.Normal(draw, shape);
        positive.Data[0] = 30;
        devices.Check(Norms.Guidance(positive, negative, 7.5, 1), Tolerance, "outlier", d =>
        {
            var y = Draw.Poisoned(d, shape, ElementType.Float32);
            d.Kernels.RescaleGuidance(y, positive.OnFloat32(d), negative.OnFloat32(d), 7.5f, 1);
            return y;
        });
    }

    /// <summary>2 positive - negative is 1 everywhere, exactly: there is no contrast to multiply.</summary>
    [Fact]
    public void A_guided_prediction_without_contrast_stays_as_it_is()
    {
        var shape = new Shape(2, 33, 21, 4);
        var positive = new Values(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(i => i % 7 / 8f)]);
        var negative = new Values(shape, [.. positive.Data.Select(p => (2 * p) - 1)]);
        foreach (var d in devices.All)
        {
            using var scope = d.Enter("test");
            var y = Draw.Poisoned(d, shape, ElementType.Float32);
            d.Kernels.RescaleGuidance(y, positive.OnFloat32(d), negative.OnFloat32(d), 2, 0.75f);
            Assert.All(d.Download(y), value => Assert.Equal(1, value));
        }
    }

    [Fact]
    public void An_image_of_rescaled_guidance_knows_nothing_of_the_others_and_what_is_not_a_number_stays_so()
    {
        var shape = new Shape(3, 61, 47, 4);
        int count = (int)shape.Count / shape.N;
        var draw = new Draw(8);
        Values positive = Values.Normal(draw, shape), negative = Values.Normal(draw, shape);
        positive.Data[count + 5] = float.NaN;
        foreach (var d in devices.All)
        {
            using var scope = d.Enter("test");
            Tensor p = positive.OnFloat32(d), n = negative.OnFloat32(d), y = Draw.Poisoned(d, shape, ElementType.Float32);
            d.Kernels.RescaleGuidance(y, p, n, 7.5f, 0.7f);
            float[] together = d.Download(y);
            foreach (int image in (int[])[0, 2])
            {
                var alone = Draw.Poisoned(d, shape with { N = 1 }, ElementType.Float32);
                d.Kernels.RescaleGuidance(alone, p.Images(image, 1), n.Images(image, 1), 7.5f, 0.7f);
                Assert.Equal(together[(image * count)..((image + 1) * count)], d.Download(alone));
            }

            Assert.All(together[count..(2 * count)], value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void Rescaled_guidance_refuses_what_does_not_fit()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var scope = d.Enter("test");
        var shape = new Shape(2, 5, 6, 4);
        Tensor y = d.Rent(shape), x = d.Rent(shape), longer = d.Rent(shape with { N = 3 }), half = d.Rent(shape, ElementType.Float16);
        Refused("share -0.1, 0 to 1 was expected", y, x, x, -0.1f);
        Refused("share NaN, 0 to 1 was expected", y, x, x, float.NaN);
        Refused("y [2,5,6,4] Float16, float32 was expected", half, x, x);
        Refused("positive [3,5,6,4] has the wrong shape, [2,5,6,4] was expected", y, longer, x);
        Refused("negative [3,5,6,4] has the wrong shape, [2,5,6,4] was expected", y, x, longer);
        Refused("positive [2,5,6,4] Float16, float32 was expected", y, half, x);
        Refused("negative [2,5,6,4] Float16, float32 was expected", y, x, half);
        Refused("the destination [2,5,6,4] overlaps positive [2,5,6,4] in part, all of it or nothing was expected",
            longer.Images(0, 2), longer.Images(1, 2), x);
        Refused("the destination [2,5,6,4] overlaps negative [2,5,6,4] in part, all of it or nothing was expected",
            longer.Images(0, 2), x, longer.Images(1, 2));

        void Refused(string facts, Tensor y, Tensor positive, Tensor negative, float share = 1)
        {
            var refused = Assert.Throws<ArgumentException>(() => d.Kernels.RescaleGuidance(y, positive, negative, 2, share));
            Assert.StartsWith($"RescaleGuidance: {facts}", refused.Message, StringComparison.Ordinal);
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
