namespace EvsNative.Kernels.Definitions;

/// <summary>Normalisations in double, of features and of guided predictions.</summary>
internal static class Norms
{
    private const int Groups = 4;
    private const int PositionChannels = 152;
    private const float Eps = 1e-5f;

    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<GroupNormCall>("", (d, x, given) => TryGroup(d, x, given, 0, Activation.None)),
        SelfTestRow.Of<GroupNormCall>("two inputs", (d, x, given) => TryGroup(d, x, given, 72, Activation.Silu)),
        SelfTestRow.Of<GroupNormCall>("ReLU", (d, x, given) => TryGroup(d, x, given, 0, Activation.Relu)),
        SelfTestRow.Of<GroupNormCall>("of a convolution", TryGroupOfConvolution) with { HasProduct = true },
        SelfTestRow.Of<GroupNormCall>("by given moments", TryGroupByMoments),
        SelfTestRow.Of<ChannelMomentsCall>("", TryMoments),
        SelfTestRow.Of<LayerNormCall>("", (d, x, given) => TryLayer(d, x, given, 0)),
        SelfTestRow.Of<LayerNormCall>("positions", (d, x, given) => TryLayer(d, x, given, x.N)),
        SelfTestRow.Of<RescaleGuidanceCall>("", (d, x, given) => TryGuidance(d, x, given, flat: 0)),
        SelfTestRow.Of<RescaleGuidanceCall>("a flat image", (d, x, given) => TryGuidance(d, x, given, flat: 1)),
    ];

    public static double[] Group(Values x, Values? x2, Values weight, Values bias, int groups, float eps, Activation activation)
    {
        var s = x.Shape with { C = x.Shape.C + (x2?.Shape.C ?? 0) };
        int width = s.C / groups;
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            for (int g = 0; g < groups; g++)
            {
                var rows = Enumerable.Range(0, s.Pixels).Select(p => ((long)n * s.Pixels) + p);
                var channels = Enumerable.Range(g * width, width);
                var elements = rows.SelectMany(row => channels.Select(c => (row, c, value: At(x, x2, row, c)))).ToArray();
                double mean = elements.Average(e => e.value), variance = elements.Average(e => (e.value - mean) * (e.value - mean));
                foreach (var (row, c, value) in elements)
                {
                    double normal = (value - mean) / Math.Sqrt(variance + eps);
                    y[(row * s.C) + c] = Elementary.Activate((normal * weight[0, c]) + bias[0, c], activation);
                }
            }
        }

        return y;
    }

    /// <summary>By moments of each run, whatever x is.</summary>
    public static double[] GroupByMoments(
        Values x, Values moments, Values weight, Values bias, int groups, float eps, Activation activation)
    {
        var s = x.Shape;
        int width = s.C / groups, runs = moments.Shape.H;
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            for (int g = 0; g < groups; g++)
            {
                int image = n;
                var channels = Enumerable.Range(g * width, width);
                var given = Enumerable.Range(0, runs).SelectMany(run => channels.Select(c => (run, c)))
                    .Select(at => (Mean: moments[image, at.run, 0, at.c], Squares: moments[image, at.run, 1, at.c])).ToArray();
                double mean = given.Average(m => m.Mean);
                double variance = given.Average(m => (m.Squares / ChannelMoments.Run) + ((m.Mean - mean) * (m.Mean - mean)));
                for (long row = (long)n * s.Pixels, end = row + s.Pixels; row < end; row++)
                {
                    foreach (int c in channels)
                    {
                        double normal = (x[row, c] - mean) / Math.Sqrt(variance + eps);
                        y[(row * s.C) + c] = Elementary.Activate((normal * weight[0, c]) + bias[0, c], activation);
                    }
                }
            }
        }

        return y;
    }

    /// <summary>Means and squared deviations of each run and channel.</summary>
    public static double[] Moments(Values x)
    {
        int channels = x.Shape.C;
        double[] moments = new double[x.Shape.Rows / ChannelMoments.Run * 2 * channels];
        for (long run = 0; run < x.Shape.Rows / ChannelMoments.Run; run++)
        {
            for (int c = 0; c < channels; c++)
            {
                double[] values = [.. Enumerable.Range(0, ChannelMoments.Run).Select(i => x[(run * ChannelMoments.Run) + i, c])];
                double mean = values.Average();
                moments[(run * 2 * channels) + c] = mean;
                moments[(((run * 2) + 1) * channels) + c] = values.Sum(value => (value - mean) * (value - mean));
            }
        }

        return moments;
    }

    /// <summary>With means that are as large as the squares beside them: the error is one of all numbers.</summary>
    public static IEnumerable<double> Weighed(IEnumerable<double> moments, int channels) =>
        moments.Select((value, i) => i / channels % 2 == 0 ? value * ChannelMoments.Run : value);

    public static double[] Layer(Values x, Values weight, Values bias, float eps, Values? perImage)
    {
        var s = x.Shape;
        double[] y = new double[s.Count];
        for (long row = 0; row < s.Rows; row++)
        {
            var channels = Enumerable.Range(0, s.C);
            double mean = channels.Average(c => x[row, c]), variance = channels.Average(c => (x[row, c] - mean) * (x[row, c] - mean));
            foreach (int c in channels)
            {
                double added = perImage is null ? 0 : perImage[row / s.Pixels % perImage.Shape.N, c];
                y[(row * s.C) + c] = ((x[row, c] - mean) / Math.Sqrt(variance + eps) * weight[0, c]) + bias[0, c] + added;
            }
        }

        return y;
    }

    public static double[] Guidance(Values positive, Values negative, double guidance, double share)
    {
        int count = positive.Data.Length / positive.Shape.N;
        double[] y = [.. positive.Data.Zip(negative.Data, (p, n) => n + (guidance * ((double)p - n)))];
        for (int first = 0; first < y.Length; first += count)
        {
            double guided = Deviation(y[first..(first + count)]);
            double ratio = guided == 0 ? 1 : Deviation([.. positive.Data[first..(first + count)].Select(v => (double)v)]) / guided;
            for (int i = first; i < first + count; i++) y[i] *= (share * ratio) + (1 - share);
        }

        return y;
    }

    /// <summary>Of values less the first, so that it is 0 if all are equal.</summary>
    private static double Deviation(double[] values)
    {
        double mean = values.Average(v => v - values[0]);
        return Math.Sqrt(values.Average(v => (v - values[0] - mean) * (v - values[0] - mean)));
    }

    private static double At(Values x, Values? x2, long row, int c) => c < x.Shape.C ? x[row, c] : x2![row, c - x.Shape.C];

    private static Trial TryGroup(Device d, Shape shape, SelfTestInputs given, int channels2, Activation activation)
    {
        // Of pixels and of the second input's channels there is more than one piece each on a GPU.
        shape = shape with { H = shape.H + 2, W = shape.W + 2 };
        int channels = shape.C + channels2;
        Values x = given.Some(shape, 1), weight = given.Some(Shape.Vector(channels), 3), bias = given.Some(Shape.Vector(channels), 4);
        var x2 = channels2 > 0 ? given.Some(shape with { C = channels2 }, 2) : null;
        Tensor y = d.Rent(shape with { C = channels }, d.Precision), one = x.On(d), scale = weight.OnFloat32(d), shift = bias.OnFloat32(d);
        var two = x2?.On(d);
        return Trial.Into(
            d, y, () => d.Kernels.GroupNorm(y, one, two, scale, shift, Groups, Eps, activation),
            () => Group(x, x2, weight, bias, Groups, Eps, activation));
    }

    /// <summary>With the moments that the convolution leaves, on devices where it does.</summary>
    private static Trial TryGroupOfConvolution(Device d, Shape shape, SelfTestInputs given)
    {
        shape = shape with { H = 8, W = 2 * ChannelMoments.Run / 8 };
        var filter = new FilterShape(48, shape.C, 3);
        var result = shape with { C = filter.Out };
        Values x = given.Some(shape, 1), weight = given.Some(Shape.Vector(filter.Out), 3), bias = given.Some(Shape.Vector(filter.Out), 4);

        // A mean of some size beside the deviation, and numbers that every storage holds.
        var added = given.Some(Shape.Vector(filter.Out), 5);
        float[] weights = [.. given.Numbers(filter.Count, 2).Select(value => MathF.Round(value * 64) / 64)];
        Tensor y = d.Rent(result, d.Precision), h = d.Rent(result, d.Precision), input = x.On(d);
        Tensor scale = weight.OnFloat32(d), shift = bias.OnFloat32(d), vector = added.OnFloat32(d);
        var moments = d.RentMoments(result);
        var packed = d.Pack(filter, weights, WeightStorage.Float16);
        var geometry = new ConvGeometry(1);
        return Trial.Into(
            d,
            y,
            () =>
            {
                d.Kernels.Conv2d(h, input, null, packed, geometry, new Epilogue(vector, Moments: moments));
                d.Kernels.GroupNorm(y, h, null, scale, shift, Groups, Eps, Activation.Silu, moments);
            },
            () =>
            {
                double[] convolved = Convolutions.Conv2d(x, null, filter, weights, geometry, new EpilogueValues(added));
                var between = new Values(result, [.. convolved.Select(value => (float)value)]);
                return Group(between, null, weight, bias, Groups, Eps, Activation.Silu);
            });
    }

    /// <summary>By moments that are not those of x, nor of as many pixels.</summary>
    private static Trial TryGroupByMoments(Device d, Shape shape, SelfTestInputs given)
    {
        var of = new Shape(shape.N, 5, 2, shape.C);
        Values x = given.Some(shape, 1), weight = given.Some(Shape.Vector(shape.C), 3), bias = given.Some(Shape.Vector(shape.C), 4);
        var moments = given.Some(of, 2);
        for (int i = 0; i < of.Count; i++)
        {
            if (i / of.C % 2 == 1 && float.IsFinite(moments.Data[i])) moments.Data[i] = ChannelMoments.Run * MathF.Abs(moments.Data[i]);
        }

        Tensor y = d.Rent(shape, d.Precision), input = x.On(d), scale = weight.OnFloat32(d), shift = bias.OnFloat32(d);
        var by = moments.OnFloat32(d);
        return Trial.Into(
            d, y, () => d.Kernels.GroupNorm(y, input, null, scale, shift, Groups, Eps, Activation.Silu, by),
            () => GroupByMoments(x, moments, weight, bias, Groups, Eps, Activation.Silu));
    }

    private static Trial TryMoments(Device d, Shape shape, SelfTestInputs given)
    {
        shape = WholeRuns(shape);
        var x = given.Some(shape, 1);
        Tensor moments = d.Rent(ChannelMoments.ShapeOf(shape)!.Value), input = x.On(d);
        return new Trial(
            () => d.Kernels.ChannelMoments(moments, input),
            () => [.. Weighed(d.Download(moments).Select(value => (double)value), shape.C).Select(value => (float)value)],
            () => [.. Weighed(Moments(x), shape.C)]);
    }

    private static Shape WholeRuns(Shape shape) => shape with { H = 8, W = 3 * ChannelMoments.Run / 8 };

    private static Trial TryLayer(Device d, Shape shape, SelfTestInputs given, int vectors)
    {
        // With positions as many channels as a GPU's threads have accesses for.
        if (vectors > 0) shape = shape with { C = PositionChannels };
        Values x = given.Some(shape, 1), weight = given.Some(Shape.Vector(shape.C), 2), bias = given.Some(Shape.Vector(shape.C), 3);
        var perImage = vectors > 0 ? given.Some(Shape.Vector(shape.C) with { N = vectors }, 4) : null;
        Tensor y = d.Rent(shape, d.Precision), input = x.On(d), scale = weight.OnFloat32(d), shift = bias.OnFloat32(d);
        var added = perImage?.OnFloat32(d);
        return Trial.Into(
            d, y, () => d.Kernels.LayerNorm(y, input, scale, shift, Eps, added), () => Layer(x, weight, bias, Eps, perImage));
    }
    /// <summary>The first images are flat: nothing in them deviates.</summary>
    private static Trial TryGuidance(Device d, Shape shape, SelfTestInputs given, int flat)
    {
        const float Guidance = 7.5f, Share = 0.7f;
        Values positive = given.Some(shape, 1), negative = given.Some(shape, 2);
        int count = (int)(flat * shape.Count / shape.N);
        positive.Data.AsSpan(0, count).Fill(0.3f);
        negative.Data.AsSpan(0, count).Fill(-0.7f);
        Tensor y = d.Rent(shape), p = positive.OnFloat32(d), n = negative.OnFloat32(d);
        return Trial.Into(
            d, y, () => d.Kernels.RescaleGuidance(y, p, n, Guidance, Share), () => Norms.Guidance(positive, negative, Guidance, Share));
    }
}
