using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Products of float32 numbers on tensor cores. Of numbers that tf32 holds, nothing is rounded: then they are right within float32's sums,
/// which no wrong place would be. Of others they are right within the rounding of their factors.
/// </summary>
public sealed class ProductTf32Tests
{
    private const double Exact = 2e-6, Rounded = 5e-4, HalfResult = 5e-4;

    [Theory]
    [InlineData(WeightStorage.Float32)]
    [InlineData(WeightStorage.Float16)]
    public void Every_tile_gives_the_same_right_bits(WeightStorage storage)
    {
        var draw = new Draw(1);
        Values x = Values.Halves(draw, new Shape(2, 5, 9, 24)), x2 = Values.Halves(draw, x.Shape with { C = 8 });
        var convolution = new FilterShape(168, 32, 3);
        float[] taps = ProductTensorTrial.Weights(draw, convolution);
        var result = x.Shape with { C = convolution.Out };
        var epilogue = new EpilogueValues(Values.Normal(draw, Shape.Vector(result.C)), Residual: Values.Normal(draw, result));
        double[] wanted = Convolutions.Conv2d(x, x2, convolution, taps, new ConvGeometry(1), epilogue);
        float[]? first = null;
        foreach (var tile in ProductPlanTensor.Tiles)
        {
            using var trial = new ProductTensorTrial(80, tile.Tile, ElementType.Float32, storage);
            float[] got = trial.Conv2d(x, x2, convolution, taps, new ConvGeometry(1), epilogue, to: ElementType.Float32);
            Close(got, wanted, Exact, tile.Tile.Name);
            Assert.True(got.AsSpan().SequenceEqual(first ??= got), $"{tile.Tile.Name}: other bits");
        }
    }

    [Theory]
    [InlineData(WeightStorage.Float32, ElementType.Float32)]
    [InlineData(WeightStorage.Float16, ElementType.Float16)]
    public void Matrices_windows_sections_and_gates(WeightStorage storage, ElementType to)
    {
        double tolerance = to == ElementType.Float16 ? HalfResult : Exact;
        var draw = new Draw(2);
        using var trial = new ProductTensorTrial(86, null, ElementType.Float32, storage);
        var x = Values.Halves(draw, new Shape(1, 6, 7, 40));
        var linear = new FilterShape(56, 40);
        float[] weights = ProductTensorTrial.Weights(draw, linear);
        var bias = new EpilogueValues(Values.Normal(draw, Shape.Vector(56)), Activation: Activation.Silu);
        double[] product = Products.Linear(x, linear, weights, x.Shape with { C = 56 }, bias);
        Close(trial.Linear(x, linear, weights, bias, to), product, tolerance, "matrix");

        foreach (var geometry in (ConvGeometry[])[new(2, ConvPadding.After), new(1, ConvPadding.Same, (11, 15))])
        {
            var windows = new FilterShape(24, 40, 3);
            float[] taps = ProductTensorTrial.Weights(draw, windows);
            double[] wanted = Convolutions.Conv2d(x, null, windows, taps, geometry, new EpilogueValues());
            Close(trial.Conv2d(x, null, windows, taps, geometry, new EpilogueValues(), to: to), wanted, tolerance, $"{geometry}");
        }
    }

    [Fact]
    public void Sections_and_gates()
    {
        var draw = new Draw(3);
        using var trial = new ProductTensorTrial(90, null, ElementType.Float32, WeightStorage.Float16);
        var x = Values.Halves(draw, new Shape(1, 1, 40, 24));
        var split = new FilterShape(3 * 24, 24, Sections: 3);
        float[] weights = ProductTensorTrial.Weights(draw, split);
        float[][] ys = trial.Split(x, split, weights, null);
        double[] product = Products.Product(x, split, weights);
        for (int section = 0; section < 3; section++) Close(ys[section], Products.Section(product, split, section), HalfResult, "section");
        var gated = new FilterShape(2 * 40, 24, IsGated: true);
        weights = ProductTensorTrial.Weights(draw, gated);
        Close(trial.Gated(x, gated, weights, null), Products.Gated(Products.Product(x, gated, weights), gated), HalfResult, "gates");
    }

    /// <summary>Positive factors, so that cutting them instead would make all sums too small by a thousandth.</summary>
    [Theory]
    [InlineData(WeightStorage.Float32)]
    [InlineData(WeightStorage.Float16)]
    public void Factors_are_rounded_and_not_cut(WeightStorage storage)
    {
        var draw = new Draw(4);
        using var trial = new ProductTensorTrial(80, null, ElementType.Float32, storage);
        var x = new Values(new Shape(1, 1, 48, 80), [.. draw.Normals(48 * 80).Select(v => 1 + MathF.Abs(v))]);
        var filter = new FilterShape(16, 80);
        float[] weights = [.. draw.Normals(filter.Count).Select(v => 1 + MathF.Abs(v))];
        if (storage == WeightStorage.Float16) weights = [.. weights.Select(v => (float)(Half)v)];
        float[] got = trial.Linear(x, filter, weights, new EpilogueValues(), ElementType.Float32);
        double[] wanted = Products.Linear(x, filter, weights, x.Shape with { C = 16 }, new EpilogueValues());
        Close(got, wanted, Rounded, "");
        double along = got.Zip(wanted, (g, w) => g * w).Sum() / wanted.Sum(w => w * w);
        Assert.InRange(along - 1, -2e-5, 2e-5);
    }

    [Fact]
    public void What_is_not_finite_passes_and_stays_in_its_image()
    {
        var draw = new Draw(5);
        using var trial = new ProductTensorTrial(80, null, ElementType.Float32, WeightStorage.Float16);
        var x = Values.Normal(draw, new Shape(3, 4, 5, 40));
        int image = x.Shape.Pixels * 40;
        Array.Fill(x.Data, float.NaN, image, image / 2);
        Array.Fill(x.Data, float.NegativeInfinity, image * 3 / 2, image / 2);
        var filter = new FilterShape(24, 40, 3);
        float[] y = trial.Conv2d(
            x, null, filter, ProductTensorTrial.Weights(draw, filter), new ConvGeometry(1), new EpilogueValues(), to: ElementType.Float32);
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / (x.Shape.Pixels * 24) != 1, float.IsFinite(y[i]));
    }

    private static void Close(float[] got, double[] wanted, double tolerance, string what)
    {
        double error = Relative.Error(got, wanted);
        Assert.True(error <= tolerance, $"{what}: error {error:e2}");
    }
}
