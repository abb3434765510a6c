namespace EvsNative.Kernels.Definitions;

/// <summary>Normalisations in double.</summary>
internal static class Norms
{
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
                var elements = rows.SelectMany(row => Enumerable.Range(g * width, width).Select(c => (row, c, value: At(x, x2, row, c)))).ToArray();
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

    private static double At(Values x, Values? x2, long row, int c) => c < x.Shape.C ? x[row, c] : x2![row, c - x.Shape.C];
}
