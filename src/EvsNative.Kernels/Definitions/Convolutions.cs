namespace EvsNative.Kernels.Definitions;

/// <summary>Convolutions in double, as they are defined.</summary>
internal static class Convolutions
{
    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<Conv2dCall>("", (d, x, given) => Try(d, x, given, 0, 24, new ConvGeometry(1))),
        SelfTestRow.Of<Conv2dCall>(
            "stride 2, one-sided padding", (d, x, given) => Try(d, x, given, 0, 40, new ConvGeometry(2, ConvPadding.After))),
        SelfTestRow.Of<Conv2dCall>("two inputs", (d, x, given) => Try(d, x, given, 12, 24, new ConvGeometry(1))),
        SelfTestRow.Of<Conv2dCall>("many channels", (d, x, given) => Try(d, x with { C = 64 }, given, 32, 64, new ConvGeometry(1))),
        SelfTestRow.Of<Conv2dCall>(
            "enlarged", (d, x, given) => Try(d, x, given, 0, 24, new ConvGeometry(1, ConvPadding.Same, ((2 * x.H) - 1, 2 * x.W)))),
        SelfTestRow.Of<Conv2dCall>(
            "of float32", (d, x, given) => Try(d, x with { C = 4 }, given, 0, 40, new ConvGeometry(1), from: ElementType.Float32)),
        SelfTestRow.Of<Conv2dCall>("to float32", (d, x, given) => Try(d, x, given, 0, 4, new ConvGeometry(1), to: ElementType.Float32)),
        SelfTestRow.Of<Conv2dCall>("kernel 1", (d, x, given) => Try(d, x, given, 12, 24, new ConvGeometry(1), kernel: 1)),

        // What tensor cores multiply: channels in eights, weights of 16 bits.
        SelfTestRow.Of<Conv2dCall>("two inputs, float16 weights", (d, x, given) =>
            Try(d, x with { C = 64 }, given, 32, 24, new ConvGeometry(1), storage: WeightStorage.Float16)),
        SelfTestRow.Of<Conv2dCall>("stride 2, float16 weights", (d, x, given) =>
            Try(d, x, given, 0, 40, new ConvGeometry(2), storage: WeightStorage.Float16)),
        SelfTestRow.Of<Conv2dCall>("enlarged by two, float16 weights", (d, x, given) => Try(
            d, x, given, 0, 24, new ConvGeometry(1, ConvPadding.Same, (2 * x.H, 2 * x.W)), storage: WeightStorage.Float16)),
        SelfTestRow.Of<Conv2dCall>("enlarged, float16 weights", (d, x, given) => Try(
            d, x, given, 0, 24, new ConvGeometry(1, ConvPadding.Same, ((2 * x.H) + 1, (2 * x.W) - 1)), storage: WeightStorage.Float16)),
        SelfTestRow.Of<Conv2dCall>("kernel 1, float16 weights", (d, x, given) =>
            Try(d, x, given, 16, 24, new ConvGeometry(1), kernel: 1, storage: WeightStorage.Float16)),
    ];

    /// <summary>The size that torch gives the result.</summary>
    public static Shape Result(Shape x, FilterShape filter, ConvGeometry geometry)
    {
        int padding = geometry.Padding == ConvPadding.Same ? 2 * (filter.Kernel / 2) : filter.Kernel / 2;
        var (h, w) = geometry.Upsampled ?? (x.H, x.W);
        int height = ((h + padding - filter.Kernel) / geometry.Stride) + 1, width = ((w + padding - filter.Kernel) / geometry.Stride) + 1;
        return new Shape(x.N, height, width, filter.Out);
    }

    public static double[] Conv2d(Values x, Values? x2, FilterShape filter, float[] weights, ConvGeometry geometry, EpilogueValues epilogue)
    {
        var y = Result(x.Shape, filter, geometry);
        var (h, w) = geometry.Upsampled ?? (x.Shape.H, x.Shape.W);
        int k = filter.Kernel, before = geometry.Padding == ConvPadding.Same ? k / 2 : 0, at = 0;
        double[] values = new double[y.Count];
        for (int n = 0; n < y.N; n++)
        {
            for (int i = 0; i < y.H; i++)
            {
                for (int j = 0; j < y.W; j++)
                {
                    for (int o = 0; o < y.C; o++, at++)
                    {
                        double sum = 0;
                        for (int u = 0; u < k; u++)
                        {
                            for (int v = 0; v < k; v++)
                            {
                                int row = (i * geometry.Stride) + u - before, column = (j * geometry.Stride) + v - before;
                                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                                int fromRow = (int)((long)row * x.Shape.H / h), fromColumn = (int)((long)column * x.Shape.W / w);
                                for (int c = 0; c < filter.In; c++)
                                {
                                    double value = c < x.Shape.C
                                        ? x[n, fromRow, fromColumn, c]
                                        : x2![n, fromRow, fromColumn, c - x.Shape.C];
                                    sum += weights[(((((o * filter.In) + c) * k) + u) * k) + v] * value;
                                }
                            }
                        }

                        values[at] = epilogue.Of(sum, n, i, j, o);
                    }
                }
            }
        }

        return values;
    }

    private static Trial Try(
        Device d, Shape shape, SelfTestInputs given, int channels2, int output, ConvGeometry geometry,
        ElementType? from = null, ElementType? to = null, int kernel = 3, WeightStorage storage = WeightStorage.Float32)
    {
        var x = given.Some(shape, 1);
        var x2 = channels2 > 0 ? given.Some(shape with { C = channels2 }, 2) : null;
        bool isEnlarging = geometry.Upsampled is not null && storage == WeightStorage.Float16;
        var filter = new FilterShape(output, shape.C + channels2, kernel, IsEnlarging: isEnlarging);
        float[] weights = given.Weights(filter, 3, storage);
        var result = Result(shape, filter, geometry);
        Values bias = given.Some(Shape.Vector(output), 4), perImage = given.Some(Shape.Vector(output) with { N = shape.N }, 5);
        var epilogue = new EpilogueValues(bias, perImage, given.Some(result, 6), isEnlarging ? Activation.None : Activation.Silu);
        Tensor y = d.Rent(result, to ?? d.Precision), one = d.Upload(x.Data, shape, from ?? d.Precision);
        var two = x2?.On(d);
        var on = epilogue.On(d) with { Residual = d.Upload(epilogue.Residual!.Data, result, y.Type) };
        var packed = d.Pack(filter, weights, storage);
        return Trial.Into(
            d, y, () => d.Kernels.Conv2d(y, one, two, packed, geometry, on), () => Conv2d(x, x2, filter, weights, geometry, epilogue));
    }
}
