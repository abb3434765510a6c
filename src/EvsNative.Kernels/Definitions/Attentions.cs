namespace EvsNative.Kernels.Definitions;

/// <summary>Attention in double, with the score matrix that the kernels never form.</summary>
internal static class Attentions
{
    public static double[] Attend(Values q, Values k, Values v, int heads, bool isCausal = false, Values? inverted = null, float gamma = 0)
    {
        var (s, t) = (q.Shape, k.Shape);
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            long queryRow = (long)n * s.Pixels, keyRow = t.N == 1 ? 0 : (long)n * t.Pixels;
            for (int i = 0; i < s.Pixels; i++) Row(y, q, k, v, heads, queryRow + i, r => keyRow + r, isCausal ? i + 1 : t.Pixels, inverted, gamma);
        }

        return y;
    }

    /// <summary>Every pixel through the frames of its video.</summary>
    public static double[] AttendFrames(Values q, Values k, Values v, int heads, int frames, Values? inverted = null, float gamma = 0)
    {
        var s = q.Shape;
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            for (int pixel = 0; pixel < s.Pixels; pixel++)
            {
                long first = ((long)(n / frames * frames) * s.Pixels) + pixel;
                Row(y, q, k, v, heads, ((long)n * s.Pixels) + pixel, r => first + ((long)r * s.Pixels), frames, inverted, gamma);
            }
        }

        return y;
    }

    private static void Row(double[] y, Values q, Values k, Values v, int heads, long query, Func<int, long> key, int keys, Values? inverted, float gamma)
    {
        int channels = q.Shape.C, size = channels / heads;
        double[] weights = new double[keys];
        for (int head = 0; head < heads; head++)
        {
            for (int r = 0; r < keys; r++)
            {
                double dot = 0;
                for (int c = head * size; c < (head + 1) * size; c++)
                {
                    double value = inverted is null ? q[query, c] : (gamma * inverted[query, c]) + ((1 - (double)gamma) * q[query, c]);
                    dot += value * k[key(r), c];
                }

                weights[r] = dot / Math.Sqrt(size);
            }

            double largest = weights.Max(), total = 0;
            for (int r = 0; r < keys; r++) total += weights[r] = Math.Exp(weights[r] - largest);
            for (int c = head * size; c < (head + 1) * size; c++)
            {
                double sum = 0;
                for (int r = 0; r < keys; r++) sum += weights[r] * v[key(r), c];
                y[(query * channels) + c] = sum / total;
            }
        }
    }
}
