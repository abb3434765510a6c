using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Products on tensor cores against their definitions in float64.</summary>
public sealed class ProductTensorTests(ProductTensorTrials trials) : IClassFixture<ProductTensorTrials>
{
    // binary16 keeps 11 bits.
    private const double Tolerance = 2e-3;

    /// <summary>
    /// Every tile computes what it should, and all of them the same bits: a plan may choose by the number of images, whose results must not
    /// depend on it. Rows, columns and channels fill neither tiles nor pieces; a tile holds rows of two images.
    /// </summary>
    [Theory]
    [InlineData(75)]
    [InlineData(80)]
    public void Every_tile_gives_the_same_right_bits(int sm)
    {
        var draw = new Draw(sm);
        var x = ProductTensorTrial.Inputs(draw, new Shape(2, 7, 11, 40));
        var x2 = ProductTensorTrial.Inputs(draw, x.Shape with { C = 8 });
        var convolution = new FilterShape(168, 48, 3);
        float[] taps = ProductTensorTrial.Weights(draw, convolution);
        var result = x.Shape with { C = convolution.Out };
        var epilogue = new EpilogueValues(
            Values.Normal(draw, Shape.Vector(result.C)), Values.Normal(draw, Shape.Vector(result.C) with { N = 2 }),
            ProductTensorTrial.Inputs(draw, result));
        double[] convolved = Convolutions.Conv2d(x, x2, convolution, taps, new ConvGeometry(1), epilogue);
        var linear = new FilterShape(168, 40);
        float[] weights = ProductTensorTrial.Weights(draw, linear);
        double[] multiplied = Products.Linear(x, linear, weights, result, epilogue);

        float[]? first = null;
        foreach (var tile in ProductPlanTensor.Tiles.Where(tile => sm >= 80 || tile.ThreadSums <= 64))
        {
            var trial = trials.Of(sm, tile.Tile);
            float[] all =
            [
                .. Close(trial.Conv2d(x, x2, convolution, taps, new ConvGeometry(1), epilogue), convolved, tile.Tile.Name),
                .. Close(trial.Linear(x, linear, weights, epilogue), multiplied, tile.Tile.Name),
            ];
            Assert.True(all.AsSpan().SequenceEqual(first ??= all), $"{tile.Tile.Name}: other bits");
        }
    }

    /// <summary>
    /// Strides, one-sided padding, enlargements of any size, kernels of one tap, two inputs; tiles hold rows of three images.
    /// </summary>
    [Theory]
    [InlineData(40, 0, 3, 2, ConvPadding.Same, 0, 0)]
    [InlineData(32, 0, 3, 2, ConvPadding.After, 0, 0)]
    [InlineData(8, 0, 3, 1, ConvPadding.Same, 13, 17)]
    [InlineData(64, 24, 3, 1, ConvPadding.Same, 14, 18)]
    [InlineData(16, 0, 3, 2, ConvPadding.Same, 15, 9)]
    [InlineData(24, 72, 1, 1, ConvPadding.Same, 0, 0)]
    [InlineData(40, 0, 1, 2, ConvPadding.Same, 0, 0)]
    [InlineData(96, 0, 1, 1, ConvPadding.Same, 0, 0)]
    public void Convolutions_of_every_geometry(
        int channels, int channels2, int kernel, int stride, ConvPadding padding, int height, int width)
    {
        var draw = new Draw(channels);
        var x = ProductTensorTrial.Inputs(draw, new Shape(3, 7, 9, channels));
        var x2 = channels2 > 0 ? ProductTensorTrial.Inputs(draw, x.Shape with { C = channels2 }) : null;
        var filter = new FilterShape(24, channels + channels2, kernel);
        float[] weights = ProductTensorTrial.Weights(draw, filter);
        var geometry = new ConvGeometry(stride, padding, height > 0 ? (height, width) : null);
        var epilogue = new EpilogueValues(Values.Normal(draw, Shape.Vector(24)), Activation: Activation.Silu);
        foreach (int sm in (int[])[75, 80])
        {
            var trial = trials.Of(sm, null);
            Close(trial.Conv2d(x, x2, filter, weights, geometry, epilogue), Convolutions.Conv2d(x, x2, filter, weights, geometry, epilogue),
                $"sm_{sm}");
        }
    }

    /// <summary>Sections end within tiles, and gated columns too.</summary>
    [Theory]
    [InlineData(75, typeof(Tile128x64))]
    [InlineData(80, typeof(Tile128x160))]
    [InlineData(86, typeof(Tile64x64))]
    public void Sections_and_gates(int sm, Type tile)
    {
        var draw = new Draw(sm);
        var trial = trials.Of(sm, tile);
        var x = ProductTensorTrial.Inputs(draw, new Shape(1, 1, 70, 24));
        foreach (bool hasBias in (bool[])[true, false])
        {
            var split = new FilterShape(3 * 56, 24, Sections: 3);
            float[] weights = ProductTensorTrial.Weights(draw, split);
            var bias = hasBias ? Values.Normal(draw, Shape.Vector(split.Out)) : null;
            float[][] ys = trial.Split(x, split, weights, bias);
            double[] product = Products.Product(x, split, weights, bias);
            for (int section = 0; section < 3; section++)
                Close(ys[section], Products.Section(product, split, section), $"section {section}");

            var gated = new FilterShape(2 * 88, 24, IsGated: true);
            weights = ProductTensorTrial.Weights(draw, gated);
            bias = hasBias ? Values.Normal(draw, Shape.Vector(gated.Out)) : null;
            Close(trial.Gated(x, gated, weights, bias), Products.Gated(Products.Product(x, gated, weights, bias), gated), "gates");
        }
    }

    [Theory]
    [InlineData(Activation.None, ElementType.Float32)]
    [InlineData(Activation.Gelu, ElementType.Float32)]
    [InlineData(Activation.Gelu, ElementType.Float16)]
    [InlineData(Activation.QuickGelu, ElementType.Float16)]
    [InlineData(Activation.Silu, ElementType.Float16)]
    public void Epilogues_of_every_kind_and_type(Activation activation, ElementType to)
    {
        var draw = new Draw(5);
        var trial = trials.Of(80, null);
        var x = ProductTensorTrial.Inputs(draw, new Shape(3, 5, 5, 40));
        var filter = new FilterShape(48, 40);
        float[] weights = ProductTensorTrial.Weights(draw, filter);
        var y = x.Shape with { C = 48 };
        var epilogue = new EpilogueValues(
            Values.Normal(draw, Shape.Vector(48)), Values.Normal(draw, Shape.Vector(48)), ProductTensorTrial.Inputs(draw, y), activation);
        Close(trial.Linear(x, filter, weights, epilogue, to), Products.Linear(x, filter, weights, y, epilogue), $"{activation} {to}");
    }

    [Fact]
    public void A_residual_may_be_the_destination_itself()
    {
        var draw = new Draw(6);
        var trial = trials.Of(80, typeof(Tile128x160));
        var x = ProductTensorTrial.Inputs(draw, new Shape(2, 9, 9, 24));
        var filter = new FilterShape(24, 24, 3);
        float[] weights = ProductTensorTrial.Weights(draw, filter);
        var epilogue = new EpilogueValues(Residual: ProductTensorTrial.Inputs(draw, x.Shape));
        Close(trial.Conv2d(x, null, filter, weights, new ConvGeometry(1), epilogue, isInPlace: true),
            Convolutions.Conv2d(x, null, filter, weights, new ConvGeometry(1), epilogue), "in place");
    }

    /// <summary>What is not finite stays in its image, though tiles hold several and copies end within pieces.</summary>
    [Fact]
    public void What_is_not_finite_passes_and_stays_in_its_image()
    {
        foreach (int sm in (int[])[75, 80])
        {
            var draw = new Draw(7);
            var trial = trials.Of(sm, null);
            var x = ProductTensorTrial.Inputs(draw, new Shape(3, 4, 5, 40));
            var x2 = ProductTensorTrial.Inputs(draw, x.Shape with { C = 8 });
            int image = x.Shape.Pixels;
            Array.Fill(x.Data, float.NaN, image * 40, image * 40);
            Array.Fill(x2.Data, float.PositiveInfinity, image * 8, image * 8);
            var filter = new FilterShape(24, 48, 3);
            float[] y = trial.Conv2d(x, x2, filter, ProductTensorTrial.Weights(draw, filter), new ConvGeometry(1), new EpilogueValues());
            for (int i = 0; i < y.Length; i++) Assert.Equal(i / (image * 24) != 1, float.IsFinite(y[i]));
        }
    }

    /// <summary>Bands of columns, the last one narrower, each from top to bottom: every tile is made once.</summary>
    [Fact]
    public void More_columns_than_a_band_of_tiles_has()
    {
        var draw = new Draw(8);
        var trial = trials.Of(80, typeof(Tile64x64));
        var x = ProductTensorTrial.Inputs(draw, new Shape(1, 1, 130, 8));
        var filter = new FilterShape((18 * 64) + 8, 8);
        float[] weights = ProductTensorTrial.Weights(draw, filter);
        Close(trial.Linear(x, filter, weights, new EpilogueValues()), Products.Product(x, filter, weights), "bands");
    }

    /// <summary>Means far larger than deviations; columns end within a tile, and so do the last runs.</summary>
    [Theory]
    [InlineData(75, typeof(Tile128x64))]
    [InlineData(80, typeof(Tile64x64))]
    [InlineData(80, typeof(Tile64x160))]
    [InlineData(80, typeof(Tile128x160))]
    public void Moments_of_channels_are_left(int sm, Type tile)
    {
        var draw = new Draw(9);
        var x = ProductTensorTrial.Inputs(draw, new Shape(3, 8, 8, 16));
        var filter = new FilterShape(88, 16, 3);
        float[] weights = ProductTensorTrial.Weights(draw, filter);
        var epilogue = new EpilogueValues(
            Values.Normal(draw, Shape.Vector(88), 10, 20), Residual: ProductTensorTrial.Inputs(draw, x.Shape with { C = 88 }));
        var (y, moments) = trials.Of(sm, tile).Moments(x, filter, weights, epilogue);
        double[] wanted = Convolutions.Conv2d(x, null, filter, weights, new ConvGeometry(1), epilogue);
        Close(y, wanted, tile.Name);
        double[] means = new double[moments.Length / 2], deviations = new double[moments.Length / 2];
        float[] gotMeans = new float[means.Length], gotDeviations = new float[means.Length];
        for (int run = 0; run < 3; run++)
        {
            for (int c = 0; c < 88; c++)
            {
                double[] channel = [.. Enumerable.Range(0, 64).Select(pixel => wanted[(((run * 64) + pixel) * 88) + c])];
                int at = (run * 88) + c;
                means[at] = channel.Average();
                deviations[at] = channel.Sum(value => (value - means[at]) * (value - means[at]));
                (gotMeans[at], gotDeviations[at]) = (moments[(2 * run * 88) + c], moments[(((2 * run) + 1) * 88) + c]);
            }
        }

        double meanError = Relative.Error(gotMeans, means), deviationError = Relative.Error(gotDeviations, deviations);
        Assert.True(meanError <= 1e-6 && deviationError <= 1e-5, $"errors {meanError:e2} and {deviationError:e2}");
    }

    private static float[] Close(float[] got, double[] wanted, string what)
    {
        double error = Relative.Error(got, wanted);
        Assert.True(error <= Tolerance, $"{what}: error {error:e2}");
        return got;
    }
}
