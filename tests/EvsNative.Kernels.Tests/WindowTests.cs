using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class WindowTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Patches_of_any_size_and_place_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var draw = new Draw(seed);
            var geometry = new PatchGeometry(
                draw.Whole(1, 7), draw.Whole(1, 7), draw.Whole(1, 5), draw.Whole(0, 3), draw.Whole(1, 3), RoundsUp: draw.Once(2));
            int images = geometry.RoundsUp ? draw.Whole(geometry.Frames, 7) : geometry.Frames * draw.Whole(1, 3);
            var x = Values.Halves(draw, new Shape(images, draw.Whole(7, 14), draw.Whole(7, 30), draw.Of(1, 3, 8, 20)));
            devices.Check(Windows.Patches(x, geometry), 0, $"seed {seed}: {x.Shape}, {geometry}", d =>
            {
                var y = Draw.Poisoned(d, geometry.Of(x.Shape));
                d.Kernels.Patches(y, x.On(d), geometry);
                return y;
            });
        }
    }

    [Theory]
    [InlineData(224, 358, 16, 16, 0, false, 14, 22)]
    [InlineData(384, 384, 14, 14, 0, false, 27, 27)]
    [InlineData(640, 1024, 7, 2, 3, false, 320, 512)]
    [InlineData(130, 150, 4, 4, 0, true, 33, 38)]
    [InlineData(33, 19, 2, 2, 0, true, 17, 10)]
    public void Patches_are_counted_as_torch_does(int h, int w, int kernel, int stride, int padding, bool roundsUp, int rows, int columns)
    {
        var geometry = new PatchGeometry(kernel, kernel, stride, padding, 2, roundsUp);
        Assert.Equal(new Shape(roundsUp ? 5 : 4, rows, columns, 2 * kernel * kernel * 3), geometry.Of(new Shape(9, h, w, 3)));
    }

    [Fact]
    public void Unpatches_of_any_scale_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var draw = new Draw(seed);
            int scale = draw.Whole(1, 4), channels = draw.Of(1, 3, 8, 20);
            var x = Values.Halves(draw, new Shape(draw.Whole(1, 3), draw.Whole(1, 9), draw.Whole(1, 9), scale * scale * channels));
            devices.Check(Windows.Unpatches(x, scale), 0, $"seed {seed}: {x.Shape}, scale {scale}", d =>
            {
                var y = Draw.Poisoned(d, new Shape(x.Shape.N, scale * x.Shape.H, scale * x.Shape.W, channels));
                d.Kernels.Unpatches(y, x.On(d), scale);
                return y;
            });
        }
    }

    /// <summary>What is cut into patches that fill the picture and laid out again is the picture.</summary>
    [Fact]
    public void Unpatches_undo_patches()
    {
        var x = Values.Halves(new Draw(1), new Shape(2, 12, 18, 5));
        foreach (int scale in (int[])[1, 2, 3])
        {
            devices.Check([.. x.Data.Select(v => (double)v)], 0, $"scale {scale}", d =>
            {
                var geometry = new PatchGeometry(scale, scale, scale);
                var patches = d.Rent(geometry.Of(x.Shape), d.Precision);
                var y = Draw.Poisoned(d, x.Shape);
                d.Kernels.Patches(patches, x.On(d), geometry);
                d.Kernels.Unpatches(y, patches, scale);
                return y;
            });
        }
    }

    [Fact]
    public void Depthwise_convolutions_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            int frames = draw.Whole(1, 4), clips = draw.Whole(1, 2), channels = draw.Of(1, 3, 8, 13, 32, 40);
            var x = Values.Normal(draw, new Shape(frames * clips, draw.Whole(1, 12), draw.Whole(1, 33), channels));
            Try(draw, x, new Shape(draw.Of(1, 3, 5), draw.Of(1, 3, 7), draw.Of(1, 3, 5, 7), channels), frames);
        }
    }

    /// <summary>Pictures that are cut into several bands of rows.</summary>
    [Fact]
    public void Depthwise_convolutions_of_large_pictures_are_what_the_definition_says()
    {
        var draw = new Draw(1);
        Try(draw, Values.Normal(draw, new Shape(2, 45, 130, 9)), new Shape(3, 7, 7, 9), 2);
        Try(draw, Values.Normal(draw, new Shape(1, 100, 56, 8)), new Shape(1, 7, 7, 8), 1);
    }

    [Fact]
    public void A_clip_of_a_depthwise_convolution_knows_nothing_of_its_neighbours()
    {
        var draw = new Draw(3);
        var (shape, kernel) = (new Shape(6, 9, 11, 12), new Shape(3, 7, 7, 12));
        Values x = Values.Normal(draw, shape), filter = Values.Normal(draw, kernel), bias = Values.Normal(draw, Shape.Vector(12));
        int clip = (int)shape.Count / 2;
        foreach (var d in devices.All)
        {
            using var scope = d.Enter("test");
            Tensor on = x.On(d), w = filter.OnFloat32(d), b = bias.OnFloat32(d), both = Draw.Poisoned(d, shape);
            d.Kernels.Depthwise(both, on, w, b, 3);
            float[] together = d.Download(both);
            for (int i = 0; i < 2; i++)
            {
                var alone = Draw.Poisoned(d, shape with { N = 3 });
                d.Kernels.Depthwise(alone, on.Images(3 * i, 3), w, b, 3);
                Assert.Equal(together[(i * clip)..((i + 1) * clip)], d.Download(alone));
            }
        }
    }

    [Fact]
    public void Means_of_four_pixels_are_what_the_definition_says()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var draw = new Draw(seed);
            var x = Values.Normal(draw, new Shape(draw.Whole(1, 3), draw.Whole(2, 12), draw.Whole(2, 12), draw.Of(1, 3, 8, 20, 84)));
            devices.Check(Windows.AveragePool(x), Tolerance, $"seed {seed}: {x.Shape}", d =>
            {
                var y = Draw.Poisoned(d, x.Shape with { H = x.Shape.H / 2, W = x.Shape.W / 2 });
                d.Kernels.AveragePool(y, x.On(d));
                return y;
            });
        }
    }

    [Fact]
    public void The_mean_of_the_largest_numbers_is_finite()
    {
        foreach (var d in devices.Each)
        {
            using var scope = d.Enter("test");
            float largest = d.Precision == ElementType.Float16 ? 65504 : float.MaxValue;
            var x = d.Upload([.. Enumerable.Repeat(largest, 4 * 11)], new Shape(1, 2, 2, 11), d.Precision);
            var y = Draw.Poisoned(d, Shape.Vector(11));
            d.Kernels.AveragePool(y, x);
            Assert.All(d.Download(y), value => Assert.Equal(largest, value));
        }
    }

    private void Try(Draw draw, Values x, Shape kernel, int frames)
    {
        Values filter = Values.Normal(draw, kernel), bias = Values.Normal(draw, Shape.Vector(kernel.C));
        double[] wanted = Windows.Depthwise(x, filter, bias, frames);
        devices.Check(wanted, Tolerance, $"seed {draw.Seed}: {x.Shape}, filter {kernel}, clips of {frames}", d =>
        {
            var y = Draw.Poisoned(d, x.Shape);
            d.Kernels.Depthwise(y, x.On(d), filter.OnFloat32(d), bias.OnFloat32(d), frames);
            return y;
        });
    }
}
