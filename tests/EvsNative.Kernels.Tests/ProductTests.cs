using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class ProductTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void Convolutions_of_any_size_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 120; seed++)
        {
            var draw = new Draw(seed);
            var x = Values.Normal(draw, new Shape(draw.Whole(1, 3), draw.Whole(1, 9), draw.Whole(1, 9), draw.Whole(1, 40)));
            var x2 = draw.Once(3) ? Values.Normal(draw, x.Shape with { C = draw.Whole(1, 24) }) : null;
            (int, int)? upsampled = draw.Once(3)
                ? (draw.Whole(x.Shape.H, (2 * x.Shape.H) + 1), draw.Whole(x.Shape.W, (2 * x.Shape.W) + 1))
                : null;
            var geometry = new ConvGeometry(draw.Whole(1, 2),
                draw.Once(4) && x.Shape is { H: > 1, W: > 1 } ? ConvPadding.After : ConvPadding.Same, upsampled);
            Convolve(draw, x, x2, draw.Whole(1, 40), draw.Of(1, 3), geometry);
        }
    }

    [Theory]
    [InlineData(64, 0, 96, 3, 1, ConvPadding.Same, false)]
    [InlineData(64, 0, 64, 3, 2, ConvPadding.Same, false)]
    [InlineData(32, 0, 32, 3, 2, ConvPadding.After, false)]
    [InlineData(64, 32, 48, 3, 1, ConvPadding.Same, false)]
    [InlineData(64, 32, 48, 1, 1, ConvPadding.Same, false)]
    [InlineData(48, 0, 48, 3, 1, ConvPadding.Same, true)]
    [InlineData(4, 0, 64, 3, 1, ConvPadding.Same, false)]
    [InlineData(64, 0, 4, 3, 1, ConvPadding.Same, false)]
    [InlineData(320, 0, 33, 3, 1, ConvPadding.Same, false)]
    [InlineData(320, 160, 17, 3, 2, ConvPadding.Same, true)]
    public void Convolutions_as_the_models_have_them(int channels, int channels2, int output, int kernel, int stride, ConvPadding padding,
        bool isUpsampled)
    {
        var draw = new Draw(1);
        var x = Values.Normal(draw, new Shape(2, 10, 13, channels));
        var x2 = channels2 > 0 ? Values.Normal(draw, x.Shape with { C = channels2 }) : null;
        Convolve(draw, x, x2, output, kernel, new ConvGeometry(stride, padding, isUpsampled ? (19, 26) : null));
    }

    [Fact]
    public void Linear_layers_of_any_size_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var draw = new Draw(seed);
            Multiply(draw, new Shape(draw.Whole(1, 4), draw.Whole(1, 5), draw.Whole(1, 12), draw.Whole(1, 100)), draw.Whole(1, 80));
        }
    }

    [Theory]
    [InlineData(1, 1280, 320)]
    [InlineData(77, 768, 96)]
    [InlineData(1000, 40, 40)]
    [InlineData(333, 5120, 21)]
    [InlineData(50, 32, 1280)]
    public void Linear_layers_as_the_models_have_them(int rows, int channels, int output) =>
        Multiply(new Draw(rows), new Shape(1, 1, rows, channels), output);

    [Fact]
    public void A_residual_may_be_the_destination_itself()
    {
        var draw = new Draw(2);
        var x = Values.Normal(draw, new Shape(2, 3, 5, 24));
        var residual = Values.Normal(draw, x.Shape);
        foreach (int kernel in (int[])[1, 3])
        {
            var filter = new FilterShape(24, 24, kernel);
            float[] weights = draw.Normals(filter.Count);
            var epilogue = new EpilogueValues(Residual: residual);
            devices.Check(Convolutions.Conv2d(x, null, filter, weights, new ConvGeometry(1), epilogue), Tolerance, $"kernel {kernel}", d =>
            {
                var y = residual.On(d);
                d.Kernels.Conv2d(y, x.On(d), null, d.Pack(filter, weights), new ConvGeometry(1), new Epilogue(Residual: y));
                return y;
            });
        }
    }

    [Fact]
    public void Sections_of_a_product_go_to_tensors_of_their_own()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            int sections = draw.Whole(1, 3), width = draw.Whole(1, 50);
            var x = Values.Normal(draw, new Shape(draw.Whole(1, 3), 1, draw.Whole(1, 40), draw.Whole(1, 70)));
            var filter = new FilterShape(sections * width, x.Shape.C, Sections: sections);
            float[] weights = draw.Normals(filter.Count);
            var bias = draw.Once(2) ? Values.Normal(draw, Shape.Vector(filter.Out)) : null;
            double[] product = Products.Product(x, filter, weights, bias);
            for (int section = 0; section < sections; section++)
            {
                string what = $"seed {seed}: x {x.Shape}, filter {filter}, section {section} of {sections}";
                devices.Check(Products.Section(product, filter, section), Tolerance, what, d =>
                {
                    Tensor[] ys = [.. Enumerable.Range(0, sections).Select(_ => Draw.Poisoned(d, x.Shape with { C = width }))];
                    d.Kernels.LinearSplit(ys, x.On(d), d.Pack(filter, weights), bias?.OnFloat32(d));
                    return ys[section];
                });
            }
        }
    }

    [Fact]
    public void A_gated_product_is_the_value_times_gelu_of_the_gate()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var draw = new Draw(seed);
            var x = Values.Normal(draw, new Shape(draw.Whole(1, 3), 1, draw.Whole(1, 40), draw.Whole(1, 70)));
            var filter = new FilterShape(2 * draw.Whole(1, 70), x.Shape.C, IsGated: true);
            float[] weights = draw.Normals(filter.Count, 0.3f);
            var bias = draw.Once(2) ? Values.Normal(draw, Shape.Vector(filter.Out)) : null;
            double[] wanted = Products.Gated(Products.Product(x, filter, weights, bias), filter);
            devices.Check(wanted, Tolerance, $"seed {seed}: x {x.Shape}, filter {filter}", d =>
            {
                var y = Draw.Poisoned(d, x.Shape with { C = filter.Out / 2 });
                d.Kernels.LinearGeglu(y, x.On(d), d.Pack(filter, weights), bias?.OnFloat32(d));
                return y;
            });
        }
    }

    private void Multiply(Draw draw, Shape shape, int output)
    {
        var x = Values.Normal(draw, shape);
        var filter = new FilterShape(output, shape.C);
        float[] weights = draw.Normals(filter.Count);
        var y = shape with { C = output };
        var epilogue = EpilogueValues.Any(draw, y);
        devices.Check(Products.Linear(x, filter, weights, y, epilogue), Tolerance,
            $"seed {draw.Seed}: x {shape}, filter {filter}, {epilogue}", d =>
        {
            var got = Draw.Poisoned(d, y);
            d.Kernels.Linear(got, x.On(d), d.Pack(filter, weights), epilogue.On(d));
            return got;
        });
    }

    private void Convolve(Draw draw, Values x, Values? x2, int output, int kernel, ConvGeometry geometry)
    {
        var filter = new FilterShape(output, x.Shape.C + (x2?.Shape.C ?? 0), kernel);
        float[] weights = draw.Normals(filter.Count);
        var y = Convolutions.Result(x.Shape, filter, geometry);
        var epilogue = EpilogueValues.Any(draw, y);
        string what = $"seed {draw.Seed}: x {x.Shape}, x2 {x2?.Shape}, filter {filter}, {geometry}, {epilogue}";
        devices.Check(Convolutions.Conv2d(x, x2, filter, weights, geometry, epilogue), Tolerance, what, d =>
        {
            var got = Draw.Poisoned(d, y);
            d.Kernels.Conv2d(got, x.On(d), x2?.On(d), d.Pack(filter, weights), geometry, epilogue.On(d));
            return got;
        });
    }
}
