namespace EvsNative.Kernels.Definitions;

/// <summary>Attention in double, with the score matrix that the kernels never form.</summary>
internal static class Attentions
{
    private const int Heads = 4;
    private const float Gamma = 0.8f;

    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<AttentionCall>("", (d, x, given) => Try(d, x, given, new AttentionOptions(Heads))),
        SelfTestRow.Of<AttentionCall>(
            "one text for all", (d, x, given) => Try(d, x, given, new AttentionOptions(Heads), keys: new Shape(1, 1, 77, x.C))),
        SelfTestRow.Of<AttentionCall>("causal", (d, x, given) => Try(d, x, given, new AttentionOptions(Heads, IsCausal: true))),
        SelfTestRow.Of<AttentionCall>("injected query", (d, x, given) => Try(d, x, given, new AttentionOptions(Heads), isBlended: true)),
        SelfTestRow.Of<AttentionCall>("frames", (d, x, given) => Try(d, x, given, new AttentionOptions(Heads, SequenceAxis.Frames, x.N))),
        SelfTestRow.Of<AttentionCall>(
            "frames, injected query",
            (d, x, given) => Try(d, x, given, new AttentionOptions(Heads, SequenceAxis.Frames, x.N), isBlended: true)),
    ];

    public static double[] Attend(Values q, Values k, Values v, int heads, bool isCausal = false, Values? inverted = null, float gamma = 0)
    {
        var (s, t) = (q.Shape, k.Shape);
        double[] y = new double[s.Count];
        for (int n = 0; n < s.N; n++)
        {
            long queryRow = (long)n * s.Pixels, keyRow = t.N == 1 ? 0 : (long)n * t.Pixels;
            for (int i = 0; i < s.Pixels; i++)
                Row(y, q, k, v, heads, queryRow + i, r => keyRow + r, isCausal ? i + 1 : t.Pixels, inverted, gamma);
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

    private static void Row(
        double[] y, Values q, Values k, Values v, int heads, long query, Func<int, long> key, int keys, Values? inverted, float gamma)
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

    private static Trial Try(
        Device d, Shape shape, SelfTestInputs given, AttentionOptions options, Shape? keys = null, bool isBlended = false)
    {
        Values q = given.Some(shape, 1), k = given.Some(keys ?? shape, 2), v = given.Some(keys ?? shape, 3);
        var inverted = isBlended ? given.Some(shape, 4) : null;
        if (inverted is not null) options = options with { Blend = new QueryBlend(inverted.On(d), Gamma) };
        Tensor y = d.Rent(shape, d.Precision), queries = q.On(d), on = k.On(d), values = v.On(d);
        return Trial.Into(
            d, y, () => d.Kernels.Attention(y, queries, on, values, options), () => options.Axis == SequenceAxis.Frames
                ? AttendFrames(q, k, v, options.Heads, options.Frames, inverted, Gamma)
                : Attend(q, k, v, options.Heads, options.IsCausal, inverted, Gamma));
    }
}
