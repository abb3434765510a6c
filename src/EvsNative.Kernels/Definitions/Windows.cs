namespace EvsNative.Kernels.Definitions;

/// <summary>What goes through the windows of a picture and leaves its channels apart, in double.</summary>
internal static class Windows
{
    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<PatchesCall>("", (d, x, given) => TryPatches(d, x, given, new PatchGeometry(7, 5, 2, 3))),
        SelfTestRow.Of<PatchesCall>("three channels", (d, x, given) => TryPatches(d, x with { C = 3 }, given, new PatchGeometry(4, 4, 4))),
        SelfTestRow.Of<PatchesCall>("through frames", (d, x, given) => TryPatches(d, x, given, new PatchGeometry(2, 3, 3, 0, x.N))),
        SelfTestRow.Of<PatchesCall>(
            "rounded up", (d, x, given) => TryPatches(d, x, given, new PatchGeometry(2, 2, 2, Frames: 2, RoundsUp: true))),
        SelfTestRow.Of<UnpatchesCall>("", (d, x, given) => TryUnpatches(d, x, given, 2)),
        SelfTestRow.Of<UnpatchesCall>("three channels", (d, x, given) => TryUnpatches(d, x with { C = 12 }, given, 2)),
        SelfTestRow.Of<DepthwiseCall>("", (d, x, given) => TryDepthwise(d, x, given, (1, 7, 7), 1)),
        SelfTestRow.Of<DepthwiseCall>("through frames", (d, x, given) => TryDepthwise(d, x, given, (3, 7, 7), x.N)),
        SelfTestRow.Of<DepthwiseCall>("three channels", (d, x, given) => TryDepthwise(d, x with { C = 3 }, given, (1, 3, 5), 1)),
        SelfTestRow.Of<AveragePoolCall>("", TryPool),
    ];

    public static double[] Patches(Values x, PatchGeometry g)
    {
        Shape s = x.Shape, y = g.Of(s);
        double[] values = new double[y.Count];
        int at = 0;
        for (int n = 0; n < y.N; n++)
        {
            for (int i = 0; i < y.H; i++)
            {
                for (int j = 0; j < y.W; j++)
                {
                    for (int k = 0; k < y.C; k++, at++)
                    {
                        int c = k % s.C, v = k / s.C % g.KernelW, u = k / s.C / g.KernelW % g.KernelH, t = k / s.C / g.KernelW / g.KernelH;
                        values[at] = At(x, (g.Frames * n) + t, (g.Stride * i) + u - g.Padding, (g.Stride * j) + v - g.Padding, c) ?? 0;
                    }
                }
            }
        }

        return values;
    }

    public static double[] Unpatches(Values x, int scale)
    {
        var s = x.Shape;
        int height = scale * s.H, width = scale * s.W, channels = s.C / (scale * scale);
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            for (int i = 0; i < s.H; i++)
            {
                for (int j = 0; j < s.W; j++)
                {
                    for (int k = 0; k < s.C; k++)
                    {
                        int c = k % channels, v = k / channels % scale, u = k / channels / scale;
                        y[(((((n * height) + (scale * i) + u) * width) + (scale * j) + v) * channels) + c] = x[n, i, j, k];
                    }
                }
            }
        }

        return y;
    }

    /// <param name="x">[clips frames,H,W,C]</param>
    /// <param name="filter">[kd,kh,kw,C]</param>
    /// <param name="bias">[1,1,1,C]</param>
    /// <param name="frames">of a clip</param>
    public static double[] Depthwise(Values x, Values filter, Values bias, int frames)
    {
        Shape s = x.Shape, f = filter.Shape;
        double[] y = new double[s.Count];
        int at = 0;
        for (int n = 0; n < s.N; n++)
        {
            for (int i = 0; i < s.H; i++)
            {
                for (int j = 0; j < s.W; j++)
                {
                    for (int c = 0; c < s.C; c++, at++)
                    {
                        y[at] = bias[0, c];
                        for (int t = 0; t < f.N; t++)
                        {
                            int image = n + t - (f.N / 2);
                            if (image < n / frames * frames || image >= ((n / frames) + 1) * frames) continue;
                            for (int u = 0; u < f.H; u++)
                            {
                                for (int v = 0; v < f.W; v++)
                                {
                                    if (At(x, image, i + u - (f.H / 2), j + v - (f.W / 2), c) is { } value)
                                        y[at] += filter[t, u, v, c] * value;
                                }
                            }
                        }
                    }
                }
            }
        }

        return y;
    }

    public static double[] AveragePool(Values x)
    {
        var s = x.Shape with { H = x.Shape.H / 2, W = x.Shape.W / 2 };
        double[] y = new double[s.Count];
        int at = 0;
        for (int n = 0; n < s.N; n++)
        {
            for (int i = 0; i < s.H; i++)
            {
                for (int j = 0; j < s.W; j++)
                {
                    for (int c = 0; c < s.C; c++, at++)
                    {
                        double above = x[n, 2 * i, 2 * j, c] + x[n, 2 * i, (2 * j) + 1, c];
                        y[at] = (above + x[n, (2 * i) + 1, 2 * j, c] + x[n, (2 * i) + 1, (2 * j) + 1, c]) / 4;
                    }
                }
            }
        }

        return y;
    }

    /// <summary>A number of the images; null where they have none.</summary>
    private static double? At(Values x, int n, int i, int j, int c) =>
        n < x.Shape.N && i >= 0 && i < x.Shape.H && j >= 0 && j < x.Shape.W ? x[n, i, j, c] : null;

    private static Trial TryPatches(Device d, Shape shape, SelfTestInputs given, PatchGeometry geometry)
    {
        var x = given.Some(shape, 1);
        Tensor y = d.Rent(geometry.Of(shape), d.Precision), on = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.Patches(y, on, geometry), () => Patches(x, geometry));
    }

    private static Trial TryUnpatches(Device d, Shape shape, SelfTestInputs given, int scale)
    {
        var x = given.Some(shape, 1);
        var result = new Shape(shape.N, scale * shape.H, scale * shape.W, shape.C / (scale * scale));
        Tensor y = d.Rent(result, d.Precision), on = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.Unpatches(y, on, scale), () => Unpatches(x, scale));
    }

    private static Trial TryDepthwise(Device d, Shape shape, SelfTestInputs given, (int Frames, int H, int W) kernel, int frames)
    {
        Values x = given.Some(shape, 1), filter = given.Some(new Shape(kernel.Frames, kernel.H, kernel.W, shape.C), 2);
        var bias = given.Some(Shape.Vector(shape.C), 3);
        Tensor y = d.Rent(shape, d.Precision), on = x.On(d), weights = filter.OnFloat32(d), shift = bias.OnFloat32(d);
        return Trial.Into(
            d, y, () => d.Kernels.Depthwise(y, on, weights, shift, frames), () => Depthwise(x, filter, bias, frames));
    }

    private static Trial TryPool(Device d, Shape shape, SelfTestInputs given)
    {
        var x = given.Some(shape, 1);
        Tensor y = d.Rent(shape with { H = shape.H / 2, W = shape.W / 2 }, d.Precision), on = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.AveragePool(y, on), () => AveragePool(x));
    }
}
