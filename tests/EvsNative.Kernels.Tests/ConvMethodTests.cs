using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Convolutions from and to few channels, and which way a convolution goes.</summary>
public sealed class ConvMethodTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 2.5e-6;

    [Theory]
    [InlineData(1, 9, 11, 3, 20, 3, 1, ConvPadding.Same, null)]
    [InlineData(3, 5, 7, 4, 65, 3, 1, ConvPadding.Same, null)]
    [InlineData(2, 13, 8, 4, 33, 3, 2, ConvPadding.After, null)]
    [InlineData(2, 13, 9, 1, 17, 3, 2, ConvPadding.Same, null)]
    [InlineData(2, 5, 7, 2, 40, 3, 1, ConvPadding.Same, "10x15")]
    [InlineData(5, 1, 1, 3, 24, 3, 1, ConvPadding.Same, null)]
    [InlineData(1, 2, 70, 4, 129, 3, 1, ConvPadding.Same, null)]
    public void Few_inputs_give_what_the_definition_says(int n, int h, int w, int channels, int output, int kernel, int stride,
        ConvPadding padding, string? upsampled) =>
        Check(ConvMethod.Patches, new Shape(n, h, w, channels), 0, output, kernel, stride, padding, upsampled, [16, 8, 4]);

    [Theory]
    [InlineData(1, 9, 11, 64, 0, 2, 3, 1, ConvPadding.Same, null)]
    [InlineData(3, 5, 7, 32, 16, 1, 3, 1, ConvPadding.Same, null)]
    [InlineData(2, 13, 8, 80, 0, 2, 3, 2, ConvPadding.After, null)]
    [InlineData(2, 5, 7, 16, 48, 2, 3, 1, ConvPadding.Same, "11x14")]
    [InlineData(1, 1, 1, 320, 0, 2, 3, 1, ConvPadding.Same, null)]
    [InlineData(2, 1, 1, 16, 0, 1, 1, 1, ConvPadding.Same, null)]
    [InlineData(2, 10, 10, 64, 0, 2, 1, 1, ConvPadding.Same, null)]
    public void Few_outputs_give_what_the_definition_says(int n, int h, int w, int channels, int channels2, int output, int kernel,
        int stride, ConvPadding padding, string? upsampled) =>
        Check(ConvMethod.Dots, new Shape(n, h, w, channels), channels2, output, kernel, stride, padding, upsampled, [16, 8, 4]);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void Outputs_of_half_a_wide_vector_give_what_the_definition_says(int output) =>
        Check(ConvMethod.Dots, new Shape(2, 9, 12, 64), 32, output, 3, 1, ConvPadding.Same, null, [16]);

    [Theory]
    [InlineData(WeightStorage.Float16)]
    [InlineData(WeightStorage.BFloat16)]
    public void Weights_of_16_bits_are_the_numbers_that_they_hold(WeightStorage storage)
    {
        var draw = new Draw(5);
        foreach (var (channels, output) in new[] { (4, 40), (32, 2), (64, 64) })
        {
            var x = Values.Normal(draw, new Shape(1, 4, 6, channels));
            var filter = new FilterShape(output, channels, 3);
            float[] weights = [.. draw.Normals(filter.Count).Select(w => MathF.Round(w * 16) / 16)];
            var y = Convolutions.Result(x.Shape, filter, new ConvGeometry(1));
            var epilogue = EpilogueValues.Any(draw, y);
            double[] wanted = Convolutions.Conv2d(x, null, filter, weights, new ConvGeometry(1), epilogue);
            devices.Check(wanted, Tolerance, $"{channels} -> {output}, {storage}", d =>
            {
                var got = Draw.Poisoned(d, y);
                d.Kernels.Conv2d(got, x.On(d), null, d.Pack(filter, weights, storage), new ConvGeometry(1), epilogue.On(d));
                return got;
            });
        }
    }

    [Theory]
    [InlineData(4, 320, ConvMethod.Patches)]
    [InlineData(64, 3, ConvMethod.Dots)]
    [InlineData(128, 96, ConvMethod.Winograd)]
    [InlineData(40, 96, ConvMethod.Direct)]
    internal void An_image_has_the_bits_that_it_has_alone(int channels, int output, ConvMethod method)
    {
        var draw = new Draw(2);
        var filter = new FilterShape(output, channels, 3);
        float[] weights = draw.Normals(filter.Count);
        foreach (int bits in (int[])[512, 256])
        {
            using var d = Device.Open(new DeviceOptions(Threads: 2, VectorBits: bits));
            using var scope = d.Enter("test");
            Tensor x = draw.Normals(d, new Shape(7, 8, 9, channels)), all = Draw.Poisoned(d, x.Shape with { C = output }),
                one = Draw.Poisoned(d, all.Shape with { N = 1 });
            Assert.Equal(method, ConvPlan.Choose(filter, new ConvGeometry(1), all.Shape, channels, 0, bits / 32));
            Assert.Equal(method, ConvPlan.Choose(filter, new ConvGeometry(1), one.Shape, channels, 0, bits / 32));
            var packed = d.Pack(filter, weights);
            d.Kernels.Conv2d(all, x, null, packed, new ConvGeometry(1), default);
            for (int image = 0; image < 7; image++)
            {
                d.Kernels.Conv2d(one, x.Images(image, 1), null, packed, new ConvGeometry(1), default);
                Assert.Equal(d.Download(one), d.Download(all.Images(image, 1)));
            }
        }
    }

    [Theory]
    [InlineData(320, 320, 64, ConvMethod.Winograd)]
    [InlineData(640, 640, 32, ConvMethod.Winograd)]
    [InlineData(1280, 1280, 16, ConvMethod.Winograd)]
    [InlineData(1280, 1280, 8, ConvMethod.Winograd)]
    [InlineData(1280, 1280, 4, ConvMethod.Winograd)]
    [InlineData(1280, 1280, 2, ConvMethod.Direct)]
    [InlineData(1280, 1280, 1, ConvMethod.Direct)]
    [InlineData(128, 128, 512, ConvMethod.Winograd)]
    [InlineData(100, 320, 64, ConvMethod.Direct)]
    [InlineData(320, 48, 64, ConvMethod.Direct)]
    [InlineData(4, 320, 64, ConvMethod.Patches)]
    [InlineData(3, 128, 512, ConvMethod.Patches)]
    [InlineData(5, 128, 512, ConvMethod.Direct)]
    [InlineData(320, 4, 64, ConvMethod.Dots)]
    [InlineData(128, 3, 512, ConvMethod.Dots)]
    [InlineData(512, 9, 64, ConvMethod.Direct)]
    internal void The_plan_counts_what_each_method_costs(int channels, int output, int side, ConvMethod wanted)
    {
        // The number of images changes nothing.
        var filter = new FilterShape(output, channels, 3);
        foreach (int n in (int[])[1, 2, 16])
            Assert.Equal(wanted, ConvPlan.Choose(filter, new ConvGeometry(1), new Shape(n, side, side, output), channels, 0, 16));
    }

    [Fact]
    public void Strides_one_sided_zeros_and_single_pixels_are_done_directly()
    {
        var y = new Shape(1, 32, 32, 320);
        Assert.Equal(ConvMethod.Direct, ConvPlan.Choose(new FilterShape(320, 320, 3), new ConvGeometry(2), y, 320, 0, 16));
        Assert.Equal(ConvMethod.Direct,
            ConvPlan.Choose(new FilterShape(320, 320, 3), new ConvGeometry(1, ConvPadding.After), y, 320, 0, 16));
        Assert.Equal(ConvMethod.Direct, ConvPlan.Choose(new FilterShape(320, 320, 1), new ConvGeometry(1), y, 320, 0, 16));
        Assert.Equal(ConvMethod.Direct, ConvPlan.Choose(new FilterShape(8, 4, 1), new ConvGeometry(1), y with { C = 8 }, 4, 0, 16));
    }

    private void Check(ConvMethod method, Shape shape, int channels2, int output, int kernel, int stride, ConvPadding padding,
        string? upsampled, int[] lanes)
    {
        var draw = new Draw(shape.H);
        int[]? size = upsampled?.Split('x').Select(int.Parse).ToArray();
        var geometry = new ConvGeometry(stride, padding, size is null ? null : (size[0], size[1]));
        var x = Values.Normal(draw, shape);
        var x2 = channels2 > 0 ? Values.Normal(draw, shape with { C = channels2 }) : null;
        var filter = new FilterShape(output, shape.C + channels2, kernel);
        float[] weights = draw.Normals(filter.Count);
        var y = Convolutions.Result(shape, filter, geometry);
        var epilogue = EpilogueValues.Any(draw, y);
        foreach (int lane in lanes) Assert.Equal(method, ConvPlan.Choose(filter, geometry, y, shape.C, channels2, lane));
        devices.Check(Convolutions.Conv2d(x, x2, filter, weights, geometry, epilogue), Tolerance, $"x {shape}, filter {filter}", d =>
        {
            var got = Draw.Poisoned(d, y);
            d.Kernels.Conv2d(got, x.On(d), x2?.On(d), d.Pack(filter, weights), geometry, epilogue.On(d));
            return got;
        });
    }
}
