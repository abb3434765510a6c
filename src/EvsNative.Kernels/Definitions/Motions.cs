namespace EvsNative.Kernels.Definitions;

/// <summary>Warps and look-ups in double.</summary>
internal static class Motions
{
    // Below it a share is the rounding of none, and its pixel is not part of the result, whatever it holds.
    private const double Nothing = 1e-6;
    private const int FlowChannels = 3, Channel = 1, Radius = 2;

    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<WarpCall>("", TryWarp),
        SelfTestRow.Of<LookupCall>("", (d, x, given) => TryLookup(d, x, given, 1)),
        SelfTestRow.Of<LookupCall>("three levels", (d, x, given) => TryLookup(d, x, given, 3)),
    ];

    public static double[] Warp(Values x, Values flow, int channel)
    {
        var s = x.Shape;
        double[] y = new double[s.Count];
        int at = 0;
        for (int n = 0; n < s.N; n++)
        {
            for (int i = 0; i < s.H; i++)
            {
                for (int j = 0; j < s.W; j++)
                {
                    double across = Math.Clamp(j + flow[n, i, j, channel], 0, s.W - 1);
                    double down = Math.Clamp(i + flow[n, i, j, channel + 1], 0, s.H - 1);
                    for (int c = 0; c < s.C; c++) y[at++] = Between(x, n, across, down, c);
                }
            }
        }

        return y;
    }

    public static double[] Lookup(Values a, IReadOnlyList<Values> levels, Values flow, int radius, int channel, double scale)
    {
        var s = a.Shape;
        int side = (2 * radius) + 1;
        double[] y = new double[s.Rows * levels.Count * side * side];
        int at = 0;
        for (long row = 0; row < s.Rows; row++)
        {
            int n = (int)(row / s.Pixels), i = (int)(row % s.Pixels / s.W), j = (int)(row % s.W);
            double across = j + (scale * flow[row, channel]), down = i + (scale * flow[row, channel + 1]);
            foreach (var b in levels)
            {
                for (int tap = 0; tap < side * side; tap++, at++)
                {
                    double u = across + (tap / side) - radius, v = down + (tap % side) - radius;

                    // What is not in the picture is nothing, whatever a is.
                    if (u <= -1 || u >= b.Shape.W || v <= -1 || v >= b.Shape.H) continue;
                    for (int c = 0; c < s.C; c++) y[at] += a[row, c] * Between(b, n, u, v, c) / Math.Sqrt(s.C);
                }

                (across, down) = (across / 2, down / 2);
            }
        }

        return y;
    }

    /// <summary>Each level but the first is the mean of 2 x 2 pixels of the one before; an odd last row or column is dropped.</summary>
    public static Values Halved(Values x)
    {
        var s = x.Shape with { H = Math.Max(1, x.Shape.H / 2), W = Math.Max(1, x.Shape.W / 2) };
        float[] y = new float[s.Count];
        int at = 0;
        for (int n = 0; n < s.N; n++)
        {
            for (int i = 0; i < s.H; i++)
            {
                for (int j = 0; j < s.W; j++)
                {
                    int below = Math.Min((2 * i) + 1, x.Shape.H - 1), right = Math.Min((2 * j) + 1, x.Shape.W - 1);
                    for (int c = 0; c < s.C; c++)
                    {
                        double upper = x[n, 2 * i, 2 * j, c] + x[n, 2 * i, right, c], lower = x[n, below, 2 * j, c] + x[n, below, right, c];
                        y[at++] = (float)((upper + lower) / 4);
                    }
                }
            }
        }

        return new Values(s, y);
    }

    /// <summary>A number between pixels, those outside being zero; none at a place that is none.</summary>
    private static double Between(Values x, int n, double across, double down, int c)
    {
        if (double.IsNaN(across) || double.IsNaN(down)) return double.NaN;
        double left = Math.Floor(across), top = Math.Floor(down), sum = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            double column = left + (corner % 2), row = top + (corner / 2);
            if (!(column >= 0 && column < x.Shape.W && row >= 0 && row < x.Shape.H)) continue;
            double share = (1 - Math.Abs(across - column)) * (1 - Math.Abs(down - row));
            if (share > Nothing) sum += share * x[n, (int)row, (int)column, c];
        }

        return sum;
    }

    private static Trial TryWarp(Device d, Shape shape, SelfTestInputs given)
    {
        Values x = given.Some(shape, 1), flow = Flow(shape, given);
        Tensor y = d.Rent(shape, d.Precision), on = x.On(d), along = flow.OnFloat32(d);
        return Trial.Into(d, y, () => d.Kernels.Warp(y, on, along, Channel), () => Warp(x, flow, Channel));
    }

    private static Trial TryLookup(Device d, Shape shape, SelfTestInputs given, int count)
    {
        Values a = given.Some(shape, 1), b = given.Some(shape, 2), flow = Flow(shape, given);
        List<Values> levels = [b];
        while (levels.Count < count) levels.Add(Halved(levels[^1]));
        int side = (2 * Radius) + 1;
        Tensor y = d.Rent(shape with { C = count * side * side }, d.Precision), on = a.On(d), along = flow.OnFloat32(d);
        Tensor[] with = [.. levels.Select(level => level.On(d))];
        return Trial.Into(
            d, y, () => d.Kernels.Lookup(y, on, with, along, Radius, Channel, 2), () => Lookup(a, levels, flow, Radius, Channel, 2));
    }

    /// <summary>Up to three pixels, so that some places are outside.</summary>
    private static Values Flow(Shape shape, SelfTestInputs given)
    {
        var flow = given.Some(shape with { C = FlowChannels }, 3);
        for (int i = 0; i < flow.Data.Length; i++) flow.Data[i] *= 3;
        return flow;
    }
}
