using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels;

/// <summary>How one operation did on a device.</summary>
/// <param name="Operation">the word of the vocabulary, and which form of it</param>
/// <param name="Error">||got - defined|| / ||defined||; infinite where the result is not finite</param>
/// <param name="Tolerance">what rounding explains</param>
public sealed record SelfTestResult(string Operation, double Error, double Tolerance)
{
    /// <summary>True if the operation computes what it should.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>Every operation of a device once, on small shapes with tails, against its definition in float64.</summary>
public static class SelfTest
{
    private const double Rounding = 3e-6;

    private static readonly Shape X = new(2, 7, 9, 40);

    /// <summary>Runs the tests; the device must be idle.</summary>
    /// <param name="d">the device</param>
    /// <param name="isWanted">which operations; all if absent</param>
    public static IEnumerable<SelfTestResult> Run(Device d, Func<string, bool>? isWanted = null)
    {
        foreach (var (name, test) in Tests)
        {
            if (isWanted?.Invoke(name) == false) continue;
            using var scope = d.Enter($"self-test {name}");
            yield return new SelfTestResult(name, test(d), Rounding);
        }
    }

    private static IEnumerable<(string Name, Func<Device, double> Test)> Tests =>
    [
        ("Conv2d", d => Conv2d(d, X, 0, 24, new ConvGeometry(1))),
        ("Conv2d, stride 2, one-sided padding", d => Conv2d(d, X, 0, 40, new ConvGeometry(2, Padding.After))),
        ("Conv2d, two inputs", d => Conv2d(d, X, 12, 24, new ConvGeometry(1))),
        ("Conv2d, many channels", d => Conv2d(d, X with { C = 64 }, 32, 64, new ConvGeometry(1))),
        ("Conv2d, enlarged", d => Conv2d(d, X, 0, 24, new ConvGeometry(1, Padding.Same, (13, 18)))),
        ("Linear", Linear),
        ("LinearSplit", LinearSplit),
        ("LinearGeglu", LinearGeglu),
        ("Attention", d => Attention(d, new AttentionOptions(4))),
        ("Attention, causal", d => Attention(d, new AttentionOptions(4, IsCausal: true))),
        ("Attention, injected query", d => Attention(d, new AttentionOptions(4, Blend: new QueryBlend(default, 0.8f)))),
        ("Attention, frames", d => Attention(d, new AttentionOptions(4, SequenceAxis.Frames, X.N))),
        ("GroupNorm", GroupNorm),
        ("LayerNorm", LayerNorm),
        ("Embed", Embed),
        ("Combine", Combine),
        ("Activate", d => Activate(d, Activation.Gelu)),
        ("Copy", Copy),
        ("Resize", Resize),
        ("Noise", Noise),
        ("FromBytes, ToBytes", Bytes),
        ("CountNonFinite", CountNonFinite),
    ];

    private static double Conv2d(Device d, Shape shape, int channels2, int output, ConvGeometry geometry)
    {
        Values x = Some(shape, 1);
        Values? x2 = channels2 > 0 ? Some(shape with { C = channels2 }, 2) : null;
        var filter = new FilterShape(output, shape.C + channels2, 3);
        float[] weights = Numbers(filter.Count, 3);
        var y = Products.Result(shape, filter, geometry);
        var epilogue = new EpilogueValues(Some(Shape.Vector(output), 4), Some(Shape.Vector(output) with { N = shape.N }, 5), Some(y, 6), Activation.Silu);
        var got = d.Rent(y);
        d.Kernels.Conv2d(got, x.On(d), x2?.On(d), d.Pack(filter, weights), geometry, epilogue.On(d));
        return Error(d, got, Products.Conv2d(x, x2, filter, weights, geometry, epilogue));
    }

    private static double Linear(Device d)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(50, X.C);
        float[] weights = Numbers(filter.Count, 2);
        var y = X with { C = filter.Out };
        var epilogue = new EpilogueValues(Some(Shape.Vector(filter.Out), 3), null, Some(y, 4));
        var got = d.Rent(y);
        d.Kernels.Linear(got, x.On(d), d.Pack(filter, weights), epilogue.On(d));
        return Error(d, got, Products.Linear(x, filter, weights, y, epilogue));
    }

    private static double LinearSplit(Device d)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(3 * 20, X.C, Sections: 3);
        float[] weights = Numbers(filter.Count, 2);
        Tensor[] got = [.. Enumerable.Range(0, 3).Select(_ => d.Rent(X with { C = 20 }))];
        d.Kernels.LinearSplit(got, x.On(d), d.Pack(filter, weights), null);
        double[] product = Products.Product(x, filter, weights);
        return Enumerable.Range(0, 3).Max(section => Error(d, got[section], Products.Section(product, filter, section)));
    }

    private static double LinearGeglu(Device d)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(2 * 44, X.C, IsGated: true);
        float[] weights = Numbers(filter.Count, 2);
        var bias = Some(Shape.Vector(filter.Out), 3);
        var got = d.Rent(X with { C = 44 });
        d.Kernels.LinearGeglu(got, x.On(d), d.Pack(filter, weights), bias.On(d));
        return Error(d, got, Products.Gated(Products.Product(x, filter, weights, bias), filter));
    }

    private static double Attention(Device d, AttentionOptions options)
    {
        Values q = Some(X, 1), k = Some(X, 2), v = Some(X, 3), inverted = Some(X, 4);
        float gamma = options.Blend?.Gamma ?? 0;
        if (options.Blend is not null) options = options with { Blend = new QueryBlend(inverted.On(d), gamma) };
        var got = d.Rent(X);
        d.Kernels.Attention(got, q.On(d), k.On(d), v.On(d), options);
        var other = options.Blend is null ? null : inverted;
        return Error(d, got, options.Axis == SequenceAxis.Frames
            ? Attentions.AttendFrames(q, k, v, options.Heads, options.Frames, other, gamma)
            : Attentions.Attend(q, k, v, options.Heads, options.IsCausal, other, gamma));
    }

    private static double GroupNorm(Device d)
    {
        Values x = Some(X, 1), x2 = Some(X with { C = 8 }, 2), weight = Some(Shape.Vector(48), 3), bias = Some(Shape.Vector(48), 4);
        var got = d.Rent(X with { C = 48 });
        d.Kernels.GroupNorm(got, x.On(d), x2.On(d), weight.On(d), bias.On(d), 4, 1e-5f, Activation.Silu);
        return Error(d, got, Norms.Group(x, x2, weight, bias, 4, 1e-5f, Activation.Silu));
    }

    private static double LayerNorm(Device d)
    {
        Values x = Some(X, 1), weight = Some(Shape.Vector(X.C), 2), bias = Some(Shape.Vector(X.C), 3), perImage = Some(Shape.Vector(X.C) with { N = X.N }, 4);
        var got = d.Rent(X);
        d.Kernels.LayerNorm(got, x.On(d), weight.On(d), bias.On(d), 1e-5f, perImage.On(d));
        return Error(d, got, Norms.Layer(x, weight, bias, 1e-5f, perImage));
    }

    private static double Embed(Device d)
    {
        Values table = Some(new Shape(1, 1, 30, 20), 1), positions = Some(new Shape(1, 1, 9, 20), 2);
        int[] ids = [.. Enumerable.Range(0, 18).Select(i => i * 7 % 30)];
        var got = d.Rent(new Shape(2, 1, 9, 20));
        d.Kernels.Embed(got, table.On(d), positions.On(d), ids);
        return Error(d, got, [.. Enumerable.Range(0, 18 * 20).Select(at => table[ids[at / 20], at % 20] + positions[at / 20 % 9, at % 20])]);
    }

    private static double Combine(Device d)
    {
        Values x = Some(X, 1), x2 = Some(X, 2), x3 = Some(X, 3);
        var got = d.Rent(X);
        d.Kernels.Combine(got, 2, x.On(d), -0.5f, x2.On(d), 0.25f, x3.On(d));
        return Error(d, got, [.. x.Data.Select((v, i) => (2.0 * v) - (0.5 * x2.Data[i]) + (0.25 * x3.Data[i]))]);
    }

    private static double Activate(Device d, Activation activation)
    {
        var x = Some(X, 1);
        var got = d.Rent(X);
        d.Kernels.Activate(got, x.On(d), activation);
        return Error(d, got, [.. x.Data.Select(v => Elementary.Activate(v, activation))]);
    }

    private static double Copy(Device d)
    {
        var x = Some(X, 1);
        var got = d.Rent(X);
        d.Kernels.Copy(got, x.On(d));
        return Error(d, got, [.. x.Data.Select(v => (double)v)]);
    }

    private static double Resize(Device d)
    {
        var x = Some(X, 1);
        var got = d.Rent(X with { H = 13, W = 21 });
        d.Kernels.Resize(got, x.On(d), Interpolation.Bicubic);
        return Error(d, got, Pixels.Resize(x, 13, 21, Interpolation.Bicubic));
    }

    private static double Noise(Device d)
    {
        var got = d.Rent(X);
        d.Kernels.Noise(got, new NoiseKey(7, 3));
        return Error(d, got, Pixels.Noise(X, new NoiseKey(7, 3)));
    }

    private static double Bytes(Device d)
    {
        var shape = new Shape(2, 6, 7, 3);
        byte[] rgb = [.. Enumerable.Range(0, (int)shape.Count).Select(i => (byte)(i * 11))], back = new byte[rgb.Length];
        var got = d.Rent(shape);
        d.Kernels.FromBytes(got, rgb);
        d.Kernels.ToBytes(back, got);
        return back.AsSpan().SequenceEqual(rgb) ? Error(d, got, [.. rgb.Select(b => (b / 127.5) - 1)]) : double.PositiveInfinity;
    }

    private static double CountNonFinite(Device d)
    {
        var x = Some(X, 1);
        x.Data[3] = float.NaN;
        x.Data[^1] = float.NegativeInfinity;
        return Math.Abs(d.Kernels.CountNonFinite(x.On(d)) - 2);
    }

    private static Values Some(Shape shape, int seed) => new(shape, Numbers(shape.Count, seed));

    private static float[] Numbers(long count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }

    private static double Error(Device d, Tensor got, double[] wanted)
    {
        float[] values = d.Download(got);
        double difference = 0, size = 0;
        for (int i = 0; i < values.Length; i++)
        {
            difference += (values[i] - wanted[i]) * (values[i] - wanted[i]);
            size += wanted[i] * wanted[i];
        }

        double error = Math.Sqrt(difference / size);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
