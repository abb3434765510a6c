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
