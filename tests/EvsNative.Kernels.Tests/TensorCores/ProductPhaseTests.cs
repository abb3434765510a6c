using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Enlargement by two and a convolution as four convolutions of the small image. Weights are such that their sums are exact: then the
/// results are as right as those of one convolution of the large image.
/// </summary>
public sealed class ProductPhaseTests
{
    private const double Exact = 2e-6, HalfResult = 5e-4;

    [Theory]
    [InlineData(75, ElementType.Float16, WeightStorage.Float16, ElementType.Float16, HalfResult)]
    [InlineData(80, ElementType.Float16, WeightStorage.Float16, ElementType.Float32, Exact)]
    [InlineData(80, ElementType.Float32, WeightStorage.Float32, ElementType.Float32, Exact)]
    [InlineData(90, ElementType.Float32, WeightStorage.Float16, ElementType.Float16, HalfResult)]
    public void Phases_are_what_the_definition_says(int sm, ElementType from, WeightStorage storage, ElementType to, double tolerance)
    {
        using var trial = new ProductTensorTrial(sm, null, from, storage);
        foreach (var (shape, channels2) in ((Shape, int)[])[(new(3, 5, 7, 24), 0), (new(1, 1, 1, 16), 0), (new(2, 9, 8, 16), 8)])
        {
            var draw = new Draw(shape.H);
            var x = Values.Halves(draw, shape);
            var x2 = channels2 > 0 ? Values.Halves(draw, shape with { C = channels2 }) : null;
            var filter = new FilterShape(24, shape.C + channels2, 3, IsEnlarging: true);
            float[] weights = Weights(draw, filter);
            var y = new Shape(shape.N, 2 * shape.H, 2 * shape.W, 24);
            var geometry = new ConvGeometry(1, ConvPadding.Same, (y.H, y.W));
            Values perImage = Values.Normal(draw, Shape.Vector(24) with { N = shape.N }), residual = Values.Halves(draw, y);
            var epilogue = new EpilogueValues(Values.Normal(draw, Shape.Vector(24)), perImage, residual);
            float[] got = trial.Conv2d(x, x2, filter, weights, geometry, epilogue, to: to);
            double error = Relative.Error(got, Convolutions.Conv2d(x, x2, filter, weights, geometry, epilogue));
            Assert.True(error <= tolerance, $"{shape}: error {error:e2}");
        }

        Assert.All(trial.Ran, text => Assert.Contains(nameof(PhaseForm), text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_tile_gives_the_same_bits_and_other_enlargements_read_the_plain_weights()
    {
        var draw = new Draw(2);
        var x = Values.Halves(draw, new Shape(2, 8, 9, 40));
        var filter = new FilterShape(168, 40, 3, IsEnlarging: true);
        float[] weights = Weights(draw, filter);
        var geometry = new ConvGeometry(1, ConvPadding.Same, (16, 18));
        double[] wanted = Convolutions.Conv2d(x, null, filter, weights, geometry, new EpilogueValues());
        float[]? first = null;
        foreach (var tile in ProductPlanTensor.Tiles)
        {
            using var trial = new ProductTensorTrial(80, tile.Tile);
            float[] got = trial.Conv2d(x, null, filter, weights, geometry, new EpilogueValues(), to: ElementType.Float32);
            Assert.True(Relative.Error(got, wanted) <= Exact, tile.Tile.Name);
            Assert.True(got.AsSpan().SequenceEqual(first ??= got), $"{tile.Tile.Name}: other bits");
        }

        using var whole = new ProductTensorTrial(80, typeof(Tile64x64));
        foreach (var (size, activation) in ((ConvGeometry, Activation)[])
            [(new(1, ConvPadding.Same, (15, 18)), Activation.None), (new(1), Activation.None), (geometry, Activation.Silu)])
        {
            var epilogue = new EpilogueValues(Activation: activation);
            float[] got = whole.Conv2d(x, null, filter, weights, size, epilogue);
            Assert.True(Relative.Error(got, Convolutions.Conv2d(x, null, filter, weights, size, epilogue)) <= HalfResult, $"{size}");
        }

        Assert.All(whole.Ran, text => Assert.DoesNotContain(nameof(PhaseForm), text, StringComparison.Ordinal));
    }

    /// <summary>Runs of 64 pixels of a phase: the norm that follows takes runs in any order.</summary>
    [Fact]
    public void Moments_of_phases_are_those_of_the_result()
    {
        using var trial = new ProductTensorTrial(80, null);
        var draw = new Draw(3);
        var x = Values.Halves(draw, new Shape(2, 8, 16, 16));
        var filter = new FilterShape(24, 16, 3, IsEnlarging: true);
        var result = new Shape(2, 16, 32, 24);
        var (values, left) = trial.Moments(
            x, filter, Weights(draw, filter), new EpilogueValues(), new ConvGeometry(1, ConvPadding.Same, (16, 32)));
        int runs = result.Pixels / ChannelMoments.Run;
        for (int n = 0; n < 2; n++)
        {
            for (int c = 0; c < 24; c++)
            {
                var pixels = Enumerable.Range(n * result.Pixels, result.Pixels);
                double[] channel = [.. pixels.Select(pixel => (double)values[(pixel * 24) + c])];
                double[] means = [.. Enumerable.Range(0, runs).Select(run => (double)left[(((n * runs) + run) * 2 * 24) + c])];
                double[] deviations = [.. Enumerable.Range(0, runs).Select(run => (double)left[(((((n * runs) + run) * 2) + 1) * 24) + c])];
                double mean = channel.Average(), apart = channel.Sum(v => (v - mean) * (v - mean));
                Assert.Equal(mean, means.Average(), 1e-3);
                Assert.Equal(apart, deviations.Sum() + means.Sum(m => ChannelMoments.Run * (m - mean) * (m - mean)), 1e-3 * apart);
            }
        }

        Assert.Contains(trial.Ran, text => text.Contains(nameof(PhaseForm), StringComparison.Ordinal));
    }

    /// <summary>Sums of four are numbers of 11 bits.</summary>
    private static float[] Weights(Draw draw, FilterShape shape) =>
        [.. draw.Normals(shape.Count, 0.2f).Select(value => MathF.Round(Math.Clamp(value, -1, 1) * 128) / 128)];
}
