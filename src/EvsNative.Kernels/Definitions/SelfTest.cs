using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Definitions;

/// <summary>How one operation did on a device.</summary>
/// <param name="Operation">the word of the vocabulary, and which form of it</param>
/// <param name="Error">||got - defined|| / ||defined||; infinite where the result is not finite</param>
/// <param name="Tolerance">what rounding explains</param>
/// <param name="Problem">why it did not run, in one line; null if it did</param>
public sealed record SelfTestResult(string Operation, double Error, double Tolerance, string? Problem = null)
{
    /// <summary>True if the operation computes what it should.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>
/// Every operation of a device in each of its forms, on small shapes with tails, against its definition in float64. Activations are of the device's
/// precision, and their rounding is part of the tolerance.
/// </summary>
public static class SelfTest
{
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
            yield return Run(d, name, test);
        }
    }

    private static SelfTestResult Run(Device d, string name, Func<Device, double> test)
    {
        try
        {
            return new SelfTestResult(name, test(d), Rounding(d));
        }
        catch (DeviceException e)
        {
            return new SelfTestResult(name, double.PositiveInfinity, Rounding(d), e.Message);
        }
    }

    // Other orders of sums, and elementary functions good to a few units in the last place, on GPUs.
    private static double Rounding(Device d) => d.Precision == ElementType.Float16 ? 2e-3 : d.Backend == Backend.Cpu ? 3e-6 : 1e-5;

    private static IEnumerable<(string Name, Func<Device, double> Test)> Tests =>
    [
        ("Conv2d", d => Conv2d(d, X, 0, 24, new ConvGeometry(1))),
        ("Conv2d, stride 2, one-sided padding", d => Conv2d(d, X, 0, 40, new ConvGeometry(2, ConvPadding.After))),
        ("Conv2d, two inputs", d => Conv2d(d, X, 12, 24, new ConvGeometry(1))),
        ("Conv2d, many channels", d => Conv2d(d, X with { C = 64 }, 32, 64, new ConvGeometry(1))),
        ("Conv2d, enlarged", d => Conv2d(d, X, 0, 24, new ConvGeometry(1, ConvPadding.Same, (13, 18)))),
        ("Conv2d, of float32", d => Conv2d(d, X with { C = 4 }, 0, 40, new ConvGeometry(1), from: ElementType.Float32)),
        ("Conv2d, to float32", d => Conv2d(d, X, 0, 4, new ConvGeometry(1), to: ElementType.Float32)),
        ("Conv2d, kernel 1", d => Conv2d(d, X, 12, 24, new ConvGeometry(1), kernel: 1)),
        ("Linear", d => Linear(d, WeightStorage.Float32)),
        ("Linear, float16 weights", d => Linear(d, WeightStorage.Float16)),
        ("Linear, bfloat16 weights", d => Linear(d, WeightStorage.BFloat16)),
        ("LinearSplit", LinearSplit),
        ("LinearGeglu", LinearGeglu),
        ("Attention", d => Attention(d, new AttentionOptions(4))),
        ("Attention, one text for all", d => Attention(d, new AttentionOptions(4), new Shape(1, 1, 77, X.C))),
        ("Attention, causal", d => Attention(d, new AttentionOptions(4, IsCausal: true))),
        ("Attention, injected query", d => Attention(d, new AttentionOptions(4, Blend: new QueryBlend(default, 0.8f)))),
        ("Attention, frames", d => Attention(d, new AttentionOptions(4, SequenceAxis.Frames, X.N))),
        ("Attention, frames, injected query", d => Attention(d, new AttentionOptions(4, SequenceAxis.Frames, X.N, Blend: new QueryBlend(default, 0.8f)))),
        ("GroupNorm", d => GroupNorm(d, 0, Activation.None)),
        ("GroupNorm, two inputs", d => GroupNorm(d, 72, Activation.Silu)),
        ("LayerNorm", d => LayerNorm(d, 0)),
        ("LayerNorm, positions", d => LayerNorm(d, X.N)),
        ("Embed", Embed),
        ("Combine", Combine),
        ("Activate, SiLU", d => Activate(d, Activation.Silu)),
        ("Activate, quick GELU", d => Activate(d, Activation.QuickGelu)),
        ("Activate, GELU", d => Activate(d, Activation.Gelu)),
        ("Copy", d => Copy(d, d.Precision)),
        ("Copy, to float32", d => Copy(d, ElementType.Float32)),
        ("Resize, nearest", d => Resize(d, Interpolation.Nearest)),
        ("Resize, bilinear", d => Resize(d, Interpolation.Bilinear)),
        ("Resize, bicubic", d => Resize(d, Interpolation.Bicubic)),
        ("Noise", d => Noise(d, new NoiseKey(7, 3))),
        ("Noise, shared in part", d => Noise(d, new NoiseKey(7, 3, FirstFrame: 5, Shared: 0.4f))),
        ("FromBytes, ToBytes", Bytes),
        ("CountNonFinite", CountNonFinite),
    ];

    private static double Conv2d(
        Device d, Shape shape, int channels2, int output, ConvGeometry geometry, ElementType? from = null, ElementType? to = null, int kernel = 3)
    {
        var x = Some(shape, 1);
        var x2 = channels2 > 0 ? Some(shape with { C = channels2 }, 2) : null;
        var filter = new FilterShape(output, shape.C + channels2, kernel);
        float[] weights = Numbers(filter.Count, 3);
        var y = Products.Result(shape, filter, geometry);
        var epilogue = new EpilogueValues(Some(Shape.Vector(output), 4), Some(Shape.Vector(output) with { N = shape.N }, 5), Some(y, 6), Activation.Silu);
        var got = d.Rent(y, to ?? d.Precision);
        var on = epilogue.On(d) with { Residual = d.Upload(epilogue.Residual!.Data, y, got.Type) };
        d.Kernels.Conv2d(got, d.Upload(x.Data, shape, from ?? d.Precision), x2?.On(d), d.Pack(filter, weights), geometry, on);
        return Error(d, got, Products.Conv2d(x, x2, filter, weights, geometry, epilogue));
    }

    private static double Linear(Device d, WeightStorage storage)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(50, X.C);

        // Numbers that every storage holds.
        float[] weights = [.. Numbers(filter.Count, 2).Select(weight => MathF.Round(weight * 64) / 64)];
        var y = X with { C = filter.Out };
        var epilogue = new EpilogueValues(Some(Shape.Vector(filter.Out), 3), Some(Shape.Vector(filter.Out), 5), Some(y, 4), Activation.Gelu);
        var got = d.Rent(y, d.Precision);
        d.Kernels.Linear(got, x.On(d), d.Pack(filter, weights, storage), epilogue.On(d));
        return Error(d, got, Products.Linear(x, filter, weights, y, epilogue));
    }

    private static double LinearSplit(Device d)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(3 * 20, X.C, Sections: 3);
        float[] weights = Numbers(filter.Count, 2);
        var bias = Some(Shape.Vector(filter.Out), 3);
        Tensor[] got = [.. Enumerable.Range(0, 3).Select(_ => d.Rent(X with { C = 20 }, d.Precision))];
        d.Kernels.LinearSplit(got, x.On(d), d.Pack(filter, weights), bias.OnFloat32(d));
        double[] product = Products.Product(x, filter, weights, bias);
        return Enumerable.Range(0, 3).Max(section => Error(d, got[section], Products.Section(product, filter, section)));
    }

    private static double LinearGeglu(Device d)
    {
        var x = Some(X, 1);
        var filter = new FilterShape(2 * 44, X.C, IsGated: true);
        float[] weights = Numbers(filter.Count, 2);
        var bias = Some(Shape.Vector(filter.Out), 3);
        var got = d.Rent(X with { C = 44 }, d.Precision);
        d.Kernels.LinearGeglu(got, x.On(d), d.Pack(filter, weights), bias.OnFloat32(d));
        return Error(d, got, Products.Gated(Products.Product(x, filter, weights, bias), filter));
    }

    private static double Attention(Device d, AttentionOptions options, Shape? keys = null)
    {
        Values q = Some(X, 1), k = Some(keys ?? X, 2), v = Some(keys ?? X, 3), inverted = Some(X, 4);
        float gamma = options.Blend?.Gamma ?? 0;
        if (options.Blend is not null) options = options with { Blend = new QueryBlend(inverted.On(d), gamma) };
        var got = d.Rent(X, d.Precision);
        d.Kernels.Attention(got, q.On(d), k.On(d), v.On(d), options);
        var other = options.Blend is null ? null : inverted;
        return Error(d, got, options.Axis == SequenceAxis.Frames
            ? Attentions.AttendFrames(q, k, v, options.Heads, options.Frames, other, gamma)
            : Attentions.Attend(q, k, v, options.Heads, options.IsCausal, other, gamma));
    }

    private static double GroupNorm(Device d, int channels2, Activation activation)
    {
        // Of pixels and of the second input's channels there is more than one piece each on a GPU.
        var shape = X with { H = 9, W = 11 };
        int channels = shape.C + channels2;
        Values x = Some(shape, 1), weight = Some(Shape.Vector(channels), 3), bias = Some(Shape.Vector(channels), 4);
        var x2 = channels2 > 0 ? Some(shape with { C = channels2 }, 2) : null;
        var got = d.Rent(shape with { C = channels }, d.Precision);
        d.Kernels.GroupNorm(got, x.On(d), x2?.On(d), weight.OnFloat32(d), bias.OnFloat32(d), 4, 1e-5f, activation);
        return Error(d, got, Norms.Group(x, x2, weight, bias, 4, 1e-5f, activation));
    }

    private static double LayerNorm(Device d, int vectors)
    {
        Values x = Some(X, 1), weight = Some(Shape.Vector(X.C), 2), bias = Some(Shape.Vector(X.C), 3);
        var perImage = vectors > 0 ? Some(Shape.Vector(X.C) with { N = vectors }, 4) : null;
        var got = d.Rent(X, d.Precision);
        d.Kernels.LayerNorm(got, x.On(d), weight.OnFloat32(d), bias.OnFloat32(d), 1e-5f, perImage?.OnFloat32(d));
        return Error(d, got, Norms.Layer(x, weight, bias, 1e-5f, perImage));
    }

    private static double Embed(Device d)
    {
        Values table = Some(new Shape(1, 1, 30, 20), 1), positions = Some(new Shape(1, 1, 9, 20), 2);
        int[] ids = [.. Enumerable.Range(0, 18).Select(i => i * 7 % 30)];
        var got = d.Rent(new Shape(2, 1, 9, 20), d.Precision);
        d.Kernels.Embed(got, table.OnFloat32(d), positions.OnFloat32(d), ids);
        return Error(d, got, [.. Enumerable.Range(0, 18 * 20).Select(at => table[ids[at / 20], at % 20] + positions[at / 20 % 9, at % 20])]);
    }

    private static double Combine(Device d)
    {
        Values x = Some(X, 1), x2 = Some(X, 2), x3 = Some(X, 3);
        var got = d.Rent(X);
        d.Kernels.Combine(got, 2, x.OnFloat32(d), -0.5f, x2.OnFloat32(d), 0.25f, x3.OnFloat32(d));
        return Error(d, got, [.. x.Data.Select((v, i) => (2.0 * v) - (0.5 * x2.Data[i]) + (0.25 * x3.Data[i]))]);
    }

    private static double Activate(Device d, Activation activation)
    {
        var x = Some(X, 1);
        var got = d.Rent(X, d.Precision);
        d.Kernels.Activate(got, x.On(d), activation);
        return Error(d, got, [.. x.Data.Select(v => Elementary.Activate(v, activation))]);
    }

    private static double Copy(Device d, ElementType to)
    {
        var x = Some(X, 1);
        var got = d.Rent(X, to);
        d.Kernels.Copy(got, x.On(d));
        return Error(d, got, [.. x.Data.Select(v => (double)v)]);
    }

    private static double Resize(Device d, Interpolation interpolation)
    {
        var x = Some(X, 1);
        var got = d.Rent(X with { H = 13, W = 21 }, d.Precision);
        d.Kernels.Resize(got, x.On(d), interpolation);
        return Error(d, got, Pixels.Resize(x, 13, 21, interpolation));
    }

    private static double Noise(Device d, NoiseKey key)
    {
        var got = d.Rent(X);
        d.Kernels.Noise(got, key);
        return Error(d, got, Pixels.Noise(X, key));
    }

    private static double Bytes(Device d)
    {
        var shape = new Shape(2, 6, 7, 3);
        byte[] rgb = [.. Enumerable.Range(0, (int)shape.Count).Select(i => (byte)(i * 11))], back = new byte[rgb.Length];
        var got = d.Rent(shape, d.Precision);
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
        float[] values = new float[count];
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
