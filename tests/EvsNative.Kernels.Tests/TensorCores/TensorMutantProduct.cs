using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A product for mutants: a convolution, or one of matrices where the filter has one tap.</summary>
/// <param name="X">the input's shape</param>
/// <param name="Filter">the filter's</param>
internal sealed record TensorMutantProduct(Shape X, FilterShape Filter)
{
    /// <summary>Channels of a second input, of which the filter's are a part; 0 without one.</summary>
    public int Channels2 { get; init; }

    public ConvGeometry Geometry { get; init; } = new(1);

    public bool HasBias { get; init; } = true;

    /// <summary>Vectors that are added to images: none, one for all, one for each.</summary>
    public int Vectors { get; init; }

    public bool HasResidual { get; init; }

    public Activation Activation { get; init; }

    /// <summary>The moments of channels are left beside the result.</summary>
    public bool LeavesMoments { get; init; }

    /// <summary>The last number of the first pixel is infinite: a product of it and a zero that only fills up shows.</summary>
    public bool HasInfinity { get; init; }

    /// <summary>Prepares the call.</summary>
    /// <param name="d">where it runs</param>
    /// <param name="from">what inputs are</param>
    /// <param name="storage">what weights are</param>
    /// <param name="to">what the result is</param>
    public TensorMutantCase On(TensorMutantDevice d, ElementType from, WeightStorage storage, ElementType to)
    {
        var draw = new Draw(X.H + X.W + Filter.Out);
        var x = Values.Halves(draw, X with { C = X.C - Channels2 });
        var x2 = Channels2 > 0 ? Values.Halves(draw, X with { C = Channels2 }) : null;
        if (HasInfinity) x.Data[x.Shape.C - 1] = float.PositiveInfinity;
        float[] weights = Weights(draw);
        var filter = d.Pack(Filter, weights, storage);
        var onX = d.Upload(x, from);
        if (Filter.IsGated) return Gated(d, x, onX, weights, filter, to, draw);
        if (Filter.Sections > 1) return Split(d, x, onX, weights, filter, to, draw);

        var shape = Convolutions.Result(X, Filter, Geometry);
        var e = new EpilogueValues(
            HasBias ? Vector(draw, shape.C, 1) : null, Vectors > 0 ? Vector(draw, shape.C, Vectors) : null,
            HasResidual ? Values.Halves(draw, shape) : null, Activation);
        double[] wanted = Convolutions.Conv2d(x, x2, Filter, weights, Geometry, e);
        Tensor? onX2 = x2 is null ? null : d.Upload(x2, from);
        Tensor? residual = e.Residual is null ? null : d.Upload(e.Residual, to);
        var epilogue = new Epilogue(d.Vector(e.Bias), d.Vector(e.PerImage), residual, Activation);
        var y = d.Rent(shape, to);
        if (!LeavesMoments)
        {
            var plain = new Conv2dCall(y, onX, onX2, filter, Geometry, epilogue);
            return new TensorMutantCase(() => d.After(() => d.Convolution.Run(plain), y), wanted);
        }

        var moments = d.Rent(ChannelMoments.ShapeOf(shape)!.Value, ElementType.Float32);
        var call = new Conv2dCall(y, onX, onX2, filter, Geometry, epilogue with { Moments = moments });
        int images = Filter.IsEnlarging ? 4 : 1;
        return new TensorMutantCase(
            () => PerPixel(d.After(() => d.Convolution.Run(call), y, moments), wanted.Length, shape.C),
            [.. wanted, .. Moments(wanted, shape, images)]);
    }

    private TensorMutantCase Gated(
        TensorMutantDevice d, Values x, Tensor onX, float[] weights, Filter filter, ElementType to, Draw draw)
    {
        var bias = HasBias ? Vector(draw, Filter.Out, 1) : null;
        var y = d.Rent(X with { C = Filter.Out / 2 }, to);
        var call = new LinearGegluCall(y, onX, filter, d.Vector(bias));
        return new TensorMutantCase(
            () => d.After(() => d.Linear.Run(call), y), Products.Gated(Products.Product(x, Filter, weights, bias), Filter));
    }

    private TensorMutantCase Split(
        TensorMutantDevice d, Values x, Tensor onX, float[] weights, Filter filter, ElementType to, Draw draw)
    {
        var bias = HasBias ? Vector(draw, Filter.Out, 1) : null;
        Tensor[] ys = [.. Enumerable.Range(0, Filter.Sections).Select(_ => d.Rent(X with { C = Filter.Out / Filter.Sections }, to))];
        var onBias = d.Vector(bias);
        double[] product = Products.Product(x, Filter, weights, bias);
        return new TensorMutantCase(
            () => d.After(() => d.Linear.Run(new LinearSplitCall(ys, onX, filter, onBias)), ys),
            [.. Enumerable.Range(0, Filter.Sections).SelectMany(section => Products.Section(product, Filter, section))]);
    }

    private static Values Vector(Draw draw, int channels, int images) => Values.Normal(draw, Shape.Vector(channels) with { N = images });

    // Multiples of 1/256, of which four may be added up without rounding: those of phases are sums.
    private float[] Weights(Draw draw) =>
        [.. draw.Normals(Filter.Count, 1 / MathF.Sqrt(Filter.Depth)).Select(value => MathF.Round(Math.Clamp(value, -1, 1) * 256) / 256)];

    /// <summary>Means, then squared deviations a pixel, of each run. Those of phases follow one another.</summary>
    private static IEnumerable<double> Moments(double[] y, Shape s, int phases)
    {
        int[] pixels =
        [
            .. Enumerable.Range(0, s.N).SelectMany(n => Enumerable.Range(0, phases).SelectMany(phase => Pixels(s, n, phase, phases))),
        ];
        foreach (int[] run in pixels.Chunk(ChannelMoments.Run))
        {
            var channels = Enumerable.Range(0, s.C).Select(c => run.Select(pixel => y[(pixel * s.C) + c]).ToArray()).ToList();
            foreach (double[] values in channels) yield return values.Average();
            foreach (double[] values in channels) yield return values.Average(value => Math.Pow(value - values.Average(), 2));
        }
    }

    private static IEnumerable<int> Pixels(Shape s, int image, int phase, int phases)
    {
        var all = Enumerable.Range(0, s.Pixels);
        if (phases > 1) all = all.Where(pixel => (((pixel / s.W) & 1) * 2) + ((pixel % s.W) & 1) == phase);
        return all.Select(pixel => (image * s.Pixels) + pixel);
    }

    private static float[] PerPixel(float[] results, int first, int channels) =>
        [.. results.Select((value, i) => i < first || (i - first) / channels % 2 == 0 ? value : value / ChannelMoments.Run)];
}
