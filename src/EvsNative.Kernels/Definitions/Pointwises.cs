namespace EvsNative.Kernels.Definitions;

/// <summary>Operations of one element at a time; their definitions are a line each.</summary>
internal static class Pointwises
{
    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<EmbedCall>("", Embed),
        SelfTestRow.Of<CombineCall>("", Combine),
        SelfTestRow.Of<ActivateCall>("SiLU", (d, x, given) => Activate(d, x, given, Activation.Silu)),
        SelfTestRow.Of<ActivateCall>("quick GELU", (d, x, given) => Activate(d, x, given, Activation.QuickGelu)),
        SelfTestRow.Of<ActivateCall>("GELU", (d, x, given) => Activate(d, x, given, Activation.Gelu)),
        SelfTestRow.Of<ActivateCall>("ReLU", (d, x, given) => Activate(d, x, given, Activation.Relu)),
        SelfTestRow.Of<ActivateCall>("GELU by tanh", (d, x, given) => Activate(d, x, given, Activation.GeluTanh)),
        SelfTestRow.Of<ActivateCall>("sigmoid", (d, x, given) => Activate(d, x, given, Activation.Sigmoid)),
        SelfTestRow.Of<PreluCall>("", (d, x, given) => Prelu(d, x, given, hasResidual: false)),
        SelfTestRow.Of<PreluCall>("residual", (d, x, given) => Prelu(d, x, given, hasResidual: true)),
        SelfTestRow.Of<CopyCall>("", (d, x, given) => Copy(d, x, given, d.Precision)),
        SelfTestRow.Of<CopyCall>("to float32", (d, x, given) => Copy(d, x, given, ElementType.Float32)),
        SelfTestRow.Of<CopyChannelsCall>("whole accesses", (d, x, given) => CopyChannels(d, x, given, to: 8, from: 16, count: 8)),
        SelfTestRow.Of<CopyChannelsCall>("single channels", (d, x, given) => CopyChannels(d, x, given, to: 1, from: 2, count: 5)),
        SelfTestRow.Of<BlendCall>("", Blend),
        SelfTestRow.Of<CountNonFiniteCall>("", CountNonFinite, isExact: true),
    ];

    /// <summary>A slope below zero for each channel.</summary>
    public static double[] Prelu(Values x, Values slope, Values? residual) =>
    [
        .. x.Data.Select((v, i) =>
        {
            double z = (double)v + (residual?.Data[i] ?? 0);
            return z < 0 ? slope.Data[i % x.Shape.C] * z : z;
        }),
    ];

    private static Trial Embed(Device d, Shape shape, SelfTestInputs given)
    {
        const int Vocabulary = 15;
        int places = shape.W, channels = shape.C / 2;
        Values table = given.Some(new Shape(1, 1, Vocabulary, channels), 1), positions = given.Some(new Shape(1, 1, places, channels), 2);
        int[] ids = [.. Enumerable.Range(0, shape.N * places).Select(i => i * 7 % Vocabulary)];
        Tensor y = d.Rent(new Shape(shape.N, 1, places, channels), d.Precision), t = table.OnFloat32(d), p = positions.OnFloat32(d);
        return Trial.Into(d, y, () => d.Kernels.Embed(y, t, p, ids), () =>
        [
            .. Enumerable.Range(0, ids.Length * channels).Select(at =>
                table[ids[at / channels], at % channels] + positions[at / channels % places, at % channels]),
        ]);
    }

    private static Trial Combine(Device d, Shape shape, SelfTestInputs given)
    {
        Values x = given.Some(shape, 1), x2 = given.Some(shape, 2), x3 = given.Some(shape, 3);
        Tensor y = d.Rent(shape), one = x.OnFloat32(d), two = x2.OnFloat32(d), three = x3.OnFloat32(d);
        return Trial.Into(
            d, y, () => d.Kernels.Combine(y, 2, one, -0.5f, two, 0.25f, three),
            () => [.. x.Data.Select((v, i) => (2.0 * v) - (0.5 * x2.Data[i]) + (0.25 * x3.Data[i]))]);
    }

    private static Trial Blend(Device d, Shape shape, SelfTestInputs given)
    {
        const int Masks = 3, Own = 1;
        Values a = given.Some(shape, 1), b = given.Some(shape, 2), mask = given.Some(shape with { C = Masks }, 3);
        Tensor y = d.Rent(shape, d.Precision), one = a.On(d), two = b.On(d), by = mask.On(d);
        return Trial.Into(d, y, () => d.Kernels.Blend(y, one, two, by, Own), () => Blended(a, b, mask, Own));
    }

    /// <summary>m a + (1 - m) b, m a channel of the mask.</summary>
    public static double[] Blended(Values a, Values b, Values mask, int channel) =>
    [
        .. a.Data.Select((v, i) =>
        {
            double m = mask[i / a.Shape.C, channel];
            return (m * v) + ((1 - m) * b.Data[i]);
        }),
    ];

    private static Trial Activate(Device d, Shape shape, SelfTestInputs given, Activation activation)
    {
        var x = given.Some(shape, 1);
        Tensor y = d.Rent(shape, d.Precision), on = x.On(d);
        return Trial.Into(
            d, y, () => d.Kernels.Activate(y, on, activation), () => [.. x.Data.Select(v => Elementary.Activate(v, activation))]);
    }

    private static Trial Prelu(Device d, Shape shape, SelfTestInputs given, bool hasResidual)
    {
        Values x = given.Some(shape, 1), slope = given.Some(Shape.Vector(shape.C), 2);
        var residual = hasResidual ? given.Some(shape, 3) : null;
        Tensor y = d.Rent(shape, d.Precision), on = x.On(d), slopes = slope.OnFloat32(d);
        var added = residual?.On(d);
        return Trial.Into(d, y, () => d.Kernels.Prelu(y, on, slopes, added), () => Prelu(x, slope, residual));
    }

    private static Trial Copy(Device d, Shape shape, SelfTestInputs given, ElementType to)
    {
        var x = given.Some(shape, 1);
        Tensor y = d.Rent(shape, to), on = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.Copy(y, on), () => [.. x.Data.Select(v => (double)v)]);
    }

    private static Trial CopyChannels(Device d, Shape shape, SelfTestInputs given, int to, int from, int count)
    {
        Values old = given.Some(shape with { C = to + count + 3 }, 1), x = given.Some(shape with { C = from + count }, 2);
        Tensor y = old.On(d), on = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.CopyChannels(y, to, on, from, count), () => Copied(old, to, x, from, count));
    }

    /// <summary>The numbers that y holds after channels of x were copied into it.</summary>
    public static double[] Copied(Values y, int to, Values x, int from, int count) =>
    [
        .. Enumerable.Range(0, y.Data.Length).Select(at =>
        {
            var (row, c) = ((long)(at / y.Shape.C), (at % y.Shape.C) - to);
            return c >= 0 && c < count ? x[row, from + c] : y.Data[at];
        }),
    ];

    private static Trial CountNonFinite(Device d, Shape shape, SelfTestInputs given)
    {
        var x = given.Some(shape, 1);
        (x.Data[3], x.Data[^1]) = (float.NaN, float.NegativeInfinity);
        var on = x.On(d);
        long found = 0;
        return new Trial(() => found = d.Kernels.CountNonFinite(on), () => [found], () => [x.Data.Count(v => !float.IsFinite(v))]);
    }
}
