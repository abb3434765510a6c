using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A call of a kernel for tensor cores on a shape that fills no tile, and what it should give.</summary>
/// <param name="Run">calls it and reads the result, which is full of NaN before</param>
/// <param name="Wanted">by definition, in float64</param>
internal sealed record TensorMutantCase(Func<float[]> Run, double[] Wanted)
{
    /// <summary>Attention of two heads; with frames along them, otherwise 70 queries over so many keys.</summary>
    public static TensorMutantCase Attention(Device d, int headSize, int keys, int frames = 0)
    {
        var draw = new Draw(headSize);
        var s = frames > 0 ? new Shape(frames, 2, 3, 2 * headSize) : new Shape(1, 1, 70, 2 * headSize);
        var t = frames > 0 ? s : s with { W = keys };
        Values q = Values.Halves(draw, s), k = Values.Halves(draw, t), v = Values.Halves(draw, t);
        var options = frames > 0 ? new AttentionOptions(2, SequenceAxis.Frames, frames) : new AttentionOptions(2);
        double[] wanted = frames > 0 ? Attentions.AttendFrames(q, k, v, 2, frames) : Attentions.Attend(q, k, v, 2);
        Tensor onQ = q.On(d), onK = k.On(d), onV = v.On(d);
        return Of(d, s, wanted, y => d.Kernels.Attention(y, onQ, onK, onV, options));
    }

    /// <summary>A convolution with all that an epilogue can add; two inputs; the moments that it leaves, where the device's do.</summary>
    public static TensorMutantCase Conv2d(Device d)
    {
        var draw = new Draw(1);
        var shape = new FilterShape(72, 64, 3);
        Values x = Values.Halves(draw, new Shape(2, 8, 8, 40)), x2 = Values.Halves(draw, x.Shape with { C = 24 });
        var s = x.Shape with { C = 72 };
        var e = new EpilogueValues(
            Values.Normal(draw, Shape.Vector(72)), Values.Normal(draw, Shape.Vector(72) with { N = 2 }), Values.Halves(draw, s));
        float[] weights = Weights(draw, shape);
        var filter = d.Pack(shape, weights, WeightStorage.Float16);
        Tensor onX = x.On(d), onX2 = x2.On(d);
        var epilogue = new Epilogue(e.Bias!.OnFloat32(d), e.PerImage!.OnFloat32(d), e.Residual!.On(d));
        double[] wanted = Convolutions.Conv2d(x, x2, shape, weights, new ConvGeometry(1), e);
        var moments = d.RentMoments(s);
        return Of(d, s, moments is null ? wanted : [.. wanted, .. Moments(wanted, s)], moments,
            y => d.Kernels.Conv2d(y, onX, onX2, filter, new ConvGeometry(1), epilogue with { Moments = moments }));
    }

    /// <summary>A product of so many rows through gates.</summary>
    public static TensorMutantCase Gated(Device d, int rows)
    {
        var draw = new Draw(2);
        var shape = new FilterShape(2 * 88, 168, IsGated: true);
        Values x = Values.Halves(draw, new Shape(1, 1, rows, 168)), bias = Values.Normal(draw, Shape.Vector(2 * 88));
        float[] weights = Weights(draw, shape);
        var filter = d.Pack(shape, weights, WeightStorage.Float16);
        Tensor onX = x.On(d), onBias = bias.OnFloat32(d);
        return Of(d, x.Shape with { C = 88 }, Products.Gated(Products.Product(x, shape, weights, bias), shape),
            y => d.Kernels.LinearGeglu(y, onX, filter, onBias));
    }

    /// <summary>A product of so many rows.</summary>
    public static TensorMutantCase Linear(Device d, int rows)
    {
        var draw = new Draw(3);
        var shape = new FilterShape(72, 264);
        Values x = Values.Halves(draw, new Shape(1, 1, rows, 264)), bias = Values.Normal(draw, Shape.Vector(72));
        float[] weights = Weights(draw, shape);
        var filter = d.Pack(shape, weights, WeightStorage.Float16);
        Tensor onX = x.On(d), onBias = bias.OnFloat32(d);
        var e = new EpilogueValues(bias);
        return Of(d, x.Shape with { C = 72 }, Products.Linear(x, shape, weights, x.Shape with { C = 72 }, e),
            y => d.Kernels.Linear(y, onX, filter, new Epilogue(onBias)));
    }

    private static TensorMutantCase Of(Device d, Shape shape, double[] wanted, Action<Tensor> call) => Of(d, shape, wanted, null, call);

    private static TensorMutantCase Of(Device d, Shape shape, double[] wanted, Tensor? moments, Action<Tensor> call)
    {
        var y = d.Rent(shape, ElementType.Float16);
        float[] nothing = new float[shape.Count];
        Array.Fill(nothing, float.NaN);
        return new TensorMutantCase(() =>
        {
            d.Write(y, nothing);
            call(y);
            return moments is { } left ? [.. d.Download(y), .. PerPixel(d.Download(left), shape.C)] : d.Download(y);
        }, wanted);
    }

    /// <summary>Means, then squared deviations a pixel, of each run.</summary>
    private static IEnumerable<double> Moments(double[] y, Shape s)
    {
        for (int first = 0; first < y.Length; first += ChannelMoments.Run * s.C)
        {
            var channels = Enumerable.Range(first, s.C)
                .Select(at => Enumerable.Range(0, ChannelMoments.Run).Select(pixel => y[at + (pixel * s.C)]).ToArray()).ToList();
            foreach (double[] values in channels) yield return values.Average();
            foreach (double[] values in channels) yield return values.Average(value => Math.Pow(value - values.Average(), 2));
        }
    }

    private static IEnumerable<float> PerPixel(float[] moments, int channels) =>
        moments.Select((value, i) => i / channels % 2 == 0 ? value : value / ChannelMoments.Run);

    private static float[] Weights(Draw draw, FilterShape shape) =>
        [.. draw.Normals(shape.Count, 1 / MathF.Sqrt(shape.Depth)).Select(value => (float)(Half)value)];
}
