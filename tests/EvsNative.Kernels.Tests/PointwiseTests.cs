using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class PointwiseTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 3e-7;

    [Fact]
    public void Combinations_of_one_two_and_three_inputs_may_overwrite_any_of_them()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 3), draw.Whole(1, 60), draw.Whole(1, 40), draw.Whole(1, 9));
            int terms = draw.Whole(1, 3), into = draw.Whole(0, terms);
            float[] factors = draw.Normals(3);
            Values[] xs = [.. Enumerable.Range(0, terms).Select(_ => Values.Normal(draw, shape))];
            double[] wanted =
                [.. Enumerable.Range(0, (int)shape.Count).Select(i => xs.Select((x, k) => (double)factors[k] * x.Data[i]).Sum())];
            devices.Check(wanted, Tolerance, $"seed {seed}: {terms} x {shape}, into {into}", d =>
            {
                Tensor[] on = [.. xs.Select(x => x.OnFloat32(d))];
                var y = into < terms ? on[into] : Draw.Poisoned(d, shape, ElementType.Float32);
                if (terms == 1) d.Kernels.Combine(y, factors[0], on[0]);
                else if (terms == 2) d.Kernels.Combine(y, factors[0], on[0], factors[1], on[1]);
                else d.Kernels.Combine(y, factors[0], on[0], factors[1], on[1], factors[2], on[2]);
                return y;
            });
        }
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.QuickGelu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Sigmoid)]
    public void Activations_are_what_the_definition_says(Activation activation)
    {
        var draw = new Draw(1);
        var x = Values.Normal(draw, new Shape(2, 33, 57, 13), 3);
        double[] wanted = [.. x.Data.Select(v => Elementary.Activate(v, activation))];
        foreach (bool isInPlace in (bool[])[false, true])
        {
            devices.Check(wanted, Tolerance, $"{activation}, in place {isInPlace}", d =>
            {
                var on = x.On(d);
                var y = isInPlace ? on : Draw.Poisoned(d, x.Shape);
                d.Kernels.Activate(y, on, activation);
                return y;
            });
        }
    }

    [Fact]
    public void Slopes_below_zero_may_overwrite_either_input()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 3), draw.Whole(1, 30), draw.Whole(1, 30), draw.Of(1, 3, 8, 20, 44));
            int into = draw.Whole(0, 2);
            Values x = Values.Normal(draw, shape), slope = Values.Normal(draw, Shape.Vector(shape.C));
            var residual = draw.Once(2) ? Values.Normal(draw, shape) : null;
            devices.Check(Pointwises.Prelu(x, slope, residual), Tolerance, $"seed {seed}: {shape}, into {into}", d =>
            {
                var on = x.On(d);
                var added = residual?.On(d);
                var y = into == 0 ? Draw.Poisoned(d, shape) : into == 1 ? on : added ?? on;
                d.Kernels.Prelu(y, on, slope.OnFloat32(d), added);
                return y;
            });
        }
    }

    [Fact]
    public void Slopes_refuse_what_does_not_fit()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var scope = d.Enter("test");
        var shape = new Shape(2, 5, 6, 4);
        Tensor y = d.Rent(shape), x = d.Rent(shape), longer = d.Rent(shape with { N = 3 }), half = d.Rent(shape, ElementType.Float16);
        var slope = d.Rent(Shape.Vector(4));
        Refused("slope [1,1,1,3] does not fit 4 channels, [1,1,1,4] was expected", y, x, d.Rent(Shape.Vector(3)));
        Refused("slope [1,1,1,4] Float16, float32 was expected", y, x, d.Rent(Shape.Vector(4), ElementType.Float16));
        Refused("y [2,5,6,4] and x [2,5,6,4] Float16, one type was expected", y, half, slope);
        Refused("x [3,5,6,4] has the wrong shape, [2,5,6,4] was expected", y, longer, slope);
        Refused("y [2,5,6,4] and residual [2,5,6,4] Float16, one type was expected", y, x, slope, half);
        Refused("residual [3,5,6,4] has the wrong shape, [2,5,6,4] was expected", y, x, slope, longer);
        Refused("the destination [1,1,1,4] overlaps slope [1,1,1,4], memory of its own was expected", slope, d.Rent(slope.Shape), slope);
        Refused("the destination [2,5,6,4] overlaps x [2,5,6,4] in part, all of it or nothing was expected",
            longer.Images(0, 2), longer.Images(1, 2), slope);
        Refused("the destination [2,5,6,4] overlaps residual [2,5,6,4] in part, all of it or nothing was expected",
            longer.Images(0, 2), x, slope, longer.Images(1, 2));

        void Refused(string facts, Tensor y, Tensor x, Tensor slope, Tensor? residual = null)
        {
            var refused = Assert.Throws<ArgumentException>(() => d.Kernels.Prelu(y, x, slope, residual));
            Assert.StartsWith($"Prelu: {facts}", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_copy_holds_the_same_elements_under_another_shape()
    {
        var x = Values.Normal(new Draw(1), new Shape(3, 37, 41, 7));
        devices.Check([.. x.Data.Select(v => (double)v)], 0, "copy", d =>
        {
            var y = Draw.Poisoned(d, new Shape(1, 1, 37 * 41, 21));
            d.Kernels.Copy(y, x.On(d));
            return y;
        });
    }

    /// <summary>Networks that store halves begin and end with float32.</summary>
    [Fact]
    public void A_copy_and_an_activation_change_the_type()
    {
        using var d = OpenCLDevice.Open(ElementType.Float16);
        using var scope = d.Enter("test");
        var x = Values.Halves(new Draw(1), new Shape(2, 7, 11, 5), 3);
        Tensor half = Draw.Poisoned(d, x.Shape), whole = Draw.Poisoned(d, x.Shape, ElementType.Float32),
            gelu = Draw.Poisoned(d, x.Shape, ElementType.Float32);
        d.Kernels.Copy(half, x.OnFloat32(d));
        d.Kernels.Copy(whole, half);
        Assert.Equal(x.Data, d.Download(whole));
        d.Kernels.Activate(gelu, half, Activation.Gelu);
        Assert.True(Relative.Error(d.Download(gelu), [.. x.Data.Select(v => Elementary.Activate(v, Activation.Gelu))]) < Tolerance);
    }

    [Fact]
    public void Embedding_adds_a_word_and_its_position()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var draw = new Draw(seed);
            int channels = draw.Whole(1, 40), vocabulary = draw.Whole(1, 50), tokens = draw.Whole(1, 20), texts = draw.Whole(1, 3);
            var table = Values.Normal(draw, new Shape(1, 1, vocabulary, channels));
            var positions = Values.Normal(draw, new Shape(1, 1, tokens + draw.Whole(0, 3), channels));
            int[] ids = [.. Enumerable.Range(0, texts * tokens).Select(_ => draw.Whole(0, vocabulary - 1))];
            double[] wanted = [.. Enumerable.Range(0, ids.Length * channels).Select(i =>
                table[ids[i / channels], i % channels] + positions[i / channels % tokens, i % channels])];
            devices.Check(wanted, Tolerance, $"seed {seed}", d =>
            {
                var y = Draw.Poisoned(d, new Shape(texts, 1, tokens, channels));
                d.Kernels.Embed(y, table.OnFloat32(d), positions.OnFloat32(d), ids);
                return y;
            });
        }
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_counted()
    {
        foreach (var d in devices.Each)
        {
            using var scope = d.Enter("test");
            var x = Values.Normal(new Draw(1), Shape.Vector(100_003));
            Assert.Equal(0, d.Kernels.CountNonFinite(x.On(d)));
            x.Data[0] = float.NaN;
            x.Data[50_000] = float.PositiveInfinity;
            x.Data[100_002] = float.NegativeInfinity;
            Assert.Equal(3, d.Kernels.CountNonFinite(x.On(d)));
        }
    }

    [Fact]
    public void Bytes_become_numbers_and_every_byte_returns()
    {
        byte[] rgb = [.. Enumerable.Range(0, 256 * 3 * 5).Select(i => (byte)(i * 7))];
        var shape = new Shape(5, 16, 16, 3);
        devices.Check([.. rgb.Select(b => (b / 127.5) - 1)], 1e-7, "from bytes", d =>
        {
            var y = Draw.Poisoned(d, shape);
            d.Kernels.FromBytes(y, rgb);
            byte[] back = new byte[rgb.Length];
            d.Kernels.ToBytes(back, y);
            Assert.Equal(rgb, back);
            return y;
        });
    }

    [Fact]
    public void Numbers_become_the_bytes_of_the_definition()
    {
        float[] drawn = Values.Halves(new Draw(4), Shape.Vector(3 * 1001), 0.8f).Data;
        float[] x = [.. drawn, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1, 1, 0, 5, -5, 1e30f];
        foreach (var d in devices.Each)
        {
            using var scope = d.Enter("test");
            byte[] got = [.. Enumerable.Repeat((byte)77, x.Length)];
            d.Kernels.ToBytes(got, new Values(new Shape(1, 1, x.Length / 3, 3), x).On(d));
            for (int i = 0; i < x.Length; i++)
            {
                double exact = float.IsNaN(x[i]) ? 0 : Math.Clamp((127.5 * x[i]) + 128, 0, 255);
                if (Math.Abs(exact - Math.Round(exact)) > 1e-4 || exact is 0 or 255) Assert.Equal((byte)Math.Floor(exact), got[i]);
            }
        }
    }

    [Fact]
    public void Resizing_to_any_size_is_what_the_definition_says()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var draw = new Draw(seed);
            var x = Values.Normal(draw, new Shape(draw.Whole(1, 2), draw.Whole(1, 14), draw.Whole(1, 14), draw.Whole(1, 20)));
            var (h, w) = (draw.Whole(1, 30), draw.Whole(1, 30));
            var interpolation = draw.Of(Interpolation.Nearest, Interpolation.Bilinear, Interpolation.Bicubic);
            double[] wanted = Pixels.Resize(x, h, w, interpolation);
            devices.Check(wanted, interpolation == Interpolation.Nearest ? 0 : Tolerance,
                $"seed {seed}: {x.Shape} to {h} x {w}, {interpolation}", d =>
            {
                var y = Draw.Poisoned(d, new Shape(x.Shape.N, h, w, x.Shape.C));
                d.Kernels.Resize(y, x.On(d), interpolation);
                return y;
            });
        }
    }
}
