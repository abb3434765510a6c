namespace EvsNative.Kernels.Definitions;

/// <summary>Matrix products in double, as they are defined.</summary>
internal static class Products
{
    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<LinearCall>("", (d, x, given) => TryLinear(d, x, given, WeightStorage.Float32)),
        SelfTestRow.Of<LinearCall>("float16 weights", (d, x, given) => TryLinear(d, x, given, WeightStorage.Float16)),
        SelfTestRow.Of<LinearCall>("bfloat16 weights", (d, x, given) => TryLinear(d, x, given, WeightStorage.BFloat16)),
        SelfTestRow.Of<LinearCall>("vectors", (d, x, given) => TryLinear(d, new Shape(x.N, 1, 1, 8 * x.C), given, WeightStorage.Float32)),
        SelfTestRow.Of<LinearCall>("vectors, float16 weights", (d, x, given) =>
            TryLinear(d, new Shape(x.N, 1, 1, 8 * x.C), given, WeightStorage.Float16)),
        SelfTestRow.Of<LinearCall>("GELU by tanh, float16 weights", (d, x, given) =>
            TryLinear(d, x, given, WeightStorage.Float16, Activation.GeluTanh)),
        SelfTestRow.Of<LinearCall>("vectors, GELU by tanh, float16 weights", (d, x, given) =>
            TryLinear(d, new Shape(x.N, 1, 1, 8 * x.C), given, WeightStorage.Float16, Activation.GeluTanh)),
        SelfTestRow.Of<LinearSplitCall>("", (d, x, given) => TrySplit(d, x, given, 20, WeightStorage.Float32)),
        SelfTestRow.Of<LinearSplitCall>("float16 weights", (d, x, given) => TrySplit(d, x, given, 24, WeightStorage.Float16)),
        SelfTestRow.Of<LinearGegluCall>("", (d, x, given) => TryGeglu(d, x, given, 44, WeightStorage.Float32)),
        SelfTestRow.Of<LinearGegluCall>("float16 weights", (d, x, given) => TryGeglu(d, x, given, 40, WeightStorage.Float16)),
    ];

    /// <summary>The plain product, [rows, Out].</summary>
    public static double[] Product(Values x, FilterShape filter, float[] weights, Values? bias = null)
    {
        double[] values = new double[x.Shape.Rows * filter.Out];
        for (long row = 0; row < x.Shape.Rows; row++)
        {
            for (int o = 0; o < filter.Out; o++)
            {
                double sum = bias?[0, 0, 0, o] ?? 0;
                for (int c = 0; c < filter.In; c++) sum += (double)weights[(o * filter.In) + c] * x[row, c];
                values[(row * filter.Out) + o] = sum;
            }
        }

        return values;
    }

    public static double[] Linear(Values x, FilterShape filter, float[] weights, Shape y, EpilogueValues epilogue)
    {
        double[] values = Product(x, filter, weights);
        for (int at = 0; at < values.Length; at++)
        {
            int o = at % y.C, j = at / y.C % y.W, i = at / y.C / y.W % y.H, n = at / y.C / y.W / y.H;
            values[at] = epilogue.Of(values[at], n, i, j, o);
        }

        return values;
    }

    /// <summary>One section of a product.</summary>
    public static double[] Section(double[] product, FilterShape filter, int section)
    {
        int width = filter.Out / filter.Sections;
        var places = Enumerable.Range(0, product.Length / filter.Sections);
        return [.. places.Select(at => product[(at / width * filter.Out) + (section * width) + (at % width)])];
    }

    /// <summary>value * gelu(gate), from the product that holds both.</summary>
    public static double[] Gated(double[] product, FilterShape filter)
    {
        int width = filter.Out / 2;
        return
        [
            .. Enumerable.Range(0, product.Length / 2).Select(at =>
            {
                int value = (at / width * filter.Out) + (at % width);
                return product[value] * Elementary.Activate(product[value + width], Activation.Gelu);
            }),
        ];
    }

    private static Trial TryLinear(
        Device d, Shape shape, SelfTestInputs given, WeightStorage storage, Activation activation = Activation.Gelu)
    {
        var x = given.Some(shape, 1);
        var filter = new FilterShape(storage == WeightStorage.Float16 ? 48 : 50, shape.C);
        float[] weights = given.Weights(filter, 2, storage);
        var result = shape with { C = filter.Out };
        var epilogue = new EpilogueValues(
            given.Some(Shape.Vector(filter.Out), 3), given.Some(Shape.Vector(filter.Out), 5), given.Some(result, 4), activation);
        Tensor y = d.Rent(result, d.Precision), input = x.On(d);
        var packed = d.Pack(filter, weights, storage);
        var on = epilogue.On(d);
        return Trial.Into(d, y, () => d.Kernels.Linear(y, input, packed, on), () => Linear(x, filter, weights, result, epilogue));
    }

    private static Trial TrySplit(Device d, Shape shape, SelfTestInputs given, int width, WeightStorage storage)
    {
        const int Sections = 3;
        var x = given.Some(shape, 1);
        var filter = new FilterShape(Sections * width, shape.C, Sections: Sections);
        float[] weights = given.Weights(filter, 2, storage);
        var bias = given.Some(Shape.Vector(filter.Out), 3);
        Tensor[] ys = [.. Enumerable.Range(0, Sections).Select(_ => d.Rent(shape with { C = width }, d.Precision))];
        Tensor input = x.On(d), vector = bias.OnFloat32(d);
        var packed = d.Pack(filter, weights, storage);
        return new Trial(
            () => d.Kernels.LinearSplit(ys, input, packed, vector),
            () => [.. ys.SelectMany(d.Download)],
            () =>
            {
                double[] product = Product(x, filter, weights, bias);
                return [.. Enumerable.Range(0, Sections).SelectMany(section => Section(product, filter, section))];
            });
    }

    private static Trial TryGeglu(Device d, Shape shape, SelfTestInputs given, int width, WeightStorage storage)
    {
        var x = given.Some(shape, 1);
        var filter = new FilterShape(2 * width, shape.C, IsGated: true);
        float[] weights = given.Weights(filter, 2, storage);
        var bias = given.Some(Shape.Vector(filter.Out), 3);
        Tensor y = d.Rent(shape with { C = filter.Out / 2 }, d.Precision), input = x.On(d), vector = bias.OnFloat32(d);
        var packed = d.Pack(filter, weights, storage);
        return Trial.Into(
            d, y, () => d.Kernels.LinearGeglu(y, input, packed, vector), () => Gated(Product(x, filter, weights, bias), filter));
    }
}
