namespace EvsNative.Kernels.Definitions;

/// <summary>An epilogue with its values on the host.</summary>
internal sealed record EpilogueValues(Values? Bias = null, Values? PerImage = null, Values? Residual = null, Activation Activation = Activation.None)
{
    public Epilogue On(Device d) => new(Bias?.OnFloat32(d), PerImage?.OnFloat32(d), Residual?.On(d), Activation);

    public double Of(double v, int n, int i, int j, int o)
    {
        v += Bias?[0, 0, 0, o] ?? 0;
        v += PerImage is null ? 0 : PerImage[PerImage.Shape.N == 1 ? 0 : n, 0, 0, o];
        return Elementary.Activate(v, Activation) + (Residual?[n, i, j, o] ?? 0);
    }

    public override string ToString() => $"bias {Bias?.Shape}, per image {PerImage?.Shape}, residual {Residual?.Shape}, {Activation}";
}

/// <summary>Convolutions and matrix products in double, as they are defined.</summary>
internal static class Products
{
    /// <summary>The size that torch gives the result.</summary>
    public static Shape Result(Shape x, FilterShape filter, ConvGeometry geometry)
    {
        int padding = geometry.Padding == ConvPadding.Same ? 2 * (filter.Kernel / 2) : filter.Kernel / 2;
        var (h, w) = geometry.Upsampled ?? (x.H, x.W);
        return new Shape(x.N, ((h + padding - filter.Kernel) / geometry.Stride) + 1, ((w + padding - filter.Kernel) / geometry.Stride) + 1, filter.Out);
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
                                    double value = c < x.Shape.C ? x[n, fromRow, fromColumn, c] : x2![n, fromRow, fromColumn, c - x.Shape.C];
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
        return [.. Enumerable.Range(0, product.Length / filter.Sections).Select(at => product[(at / width * filter.Out) + (section * width) + (at % width)])];
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
}
