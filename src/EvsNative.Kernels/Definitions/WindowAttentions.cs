namespace EvsNative.Kernels.Definitions;

/// <summary>Attention in windows in double: padded and shifted clips are cut into windows of places, each with its token.</summary>
internal static class WindowAttentions
{
    private const double Hidden = -100;

    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<WindowAttentionCall>("", (d, x, given) => Try(d, x, given, 1, (1, 2, 3), (0, 0, 0))),
        SelfTestRow.Of<WindowAttentionCall>("shifted", (d, x, given) => Try(d, x, given, 1, (1, 2, 3), (0, 1, 1))),
        SelfTestRow.Of<WindowAttentionCall>(
            "shifted, fragments", (d, x, given) => Try(d, x, given, x.N, (2, 3, 3), (1, 1, 2), hasFragments: true)),
        SelfTestRow.Of<WindowAttentionCall>(
            "narrower than a window", (d, x, given) => Try(d, x, given, x.N, (8, 3, x.W + 1), (4, 1, 2), hasFragments: true)),
    ];

    /// <summary>The result at every token.</summary>
    /// <param name="q">[clips * frames,H,W,C]</param>
    /// <param name="k">the shape of q</param>
    /// <param name="v">the shape of q</param>
    /// <param name="setting">heads, windows, tables</param>
    public static double[] Attend(Values q, Values k, Values v, WindowSetting setting)
    {
        var s = q.Shape;
        int[] asked = [setting.Window.D, setting.Window.H, setting.Window.W], shifts = [setting.Shift.D, setting.Shift.H, setting.Shift.W];
        int[] extents = [setting.Frames, s.H, s.W], window = new int[3], shift = new int[3], padded = new int[3];
        for (int i = 0; i < 3; i++)
        {
            (window[i], shift[i]) = extents[i] <= asked[i] ? (extents[i], 0) : (asked[i], shifts[i]);
            padded[i] = (extents[i] + window[i] - 1) / window[i] * window[i];
        }

        double[] y = new double[s.Count];
        for (int clip = 0; clip < s.N / setting.Frames; clip++)
        {
            var windows =
                from d in Enumerable.Range(0, padded[0])
                from h in Enumerable.Range(0, padded[1])
                from w in Enumerable.Range(0, padded[2])
                group new[] { d, h, w } by (d / window[0], h / window[1], w / window[2]);
            foreach (var places in windows)
            {
                // The order of the places is that of the tokens in a window: frames first, then rows.
                Token[] tokens = [.. places.Select((place, at) => Token.Of(at, place, extents, padded, window, shift, asked, clip))];
                foreach (var query in tokens.Where(token => token.Row >= 0)) Row(y, q, k, v, setting, asked, query, tokens);
            }
        }

        return y;
    }

    private static void Row(double[] y, Values q, Values k, Values v, WindowSetting setting, int[] asked, Token query, Token[] keys)
    {
        int channels = q.Shape.C, size = channels / setting.Heads;
        double[] weights = new double[keys.Length];
        for (int head = 0; head < setting.Heads; head++)
        {
            for (int r = 0; r < keys.Length; r++)
            {
                double dot = 0;
                for (int c = head * size; c < (head + 1) * size; c++) dot += q[query.Row, c] * Of(k, keys[r], c, setting.PaddedK);
                double mask = query.Region == keys[r].Region ? 0 : Hidden;
                weights[r] = (dot / Math.Sqrt(size)) + Bias(setting, asked, query, keys[r], head) + mask;
            }

            double largest = weights.Max(), total = 0;
            for (int r = 0; r < keys.Length; r++) total += weights[r] = Math.Exp(weights[r] - largest);
            for (int c = head * size; c < (head + 1) * size; c++)
            {
                double sum = 0;
                for (int r = 0; r < keys.Length; r++) sum += weights[r] * Of(v, keys[r], c, setting.PaddedV);
                y[(query.Row * channels) + c] = sum / total;
            }
        }
    }

    private static double Of(Values x, Token token, int c, Values? padding) => token.Row >= 0 ? x[token.Row, c] : padding!.Data[c];

    private static double Bias(WindowSetting setting, int[] asked, Token query, Token key, int head)
    {
        int place = 0;
        for (int i = 0; i < 3; i++) place = (place * ((2 * asked[i]) - 1)) + query.Whole[i] - key.Whole[i] + asked[i] - 1;
        double near = setting.Near[place, head];
        if (setting.Fragment is not { } fragment) return near;
        double within = fragment[place, head];
        int distance = Math.Abs(query.Fragment[0] - key.Fragment[0]) + Math.Abs(query.Fragment[1] - key.Fragment[1]);
        return within + (distance * (near - within));
    }

    private static Trial Try(
        Device d, Shape shape, SelfTestInputs given, int frames, (int D, int H, int W) window, (int D, int H, int W) shift,
        bool hasFragments = false)
    {
        int heads = (shape.C + WindowAttentionCall.MostChannels - 1) / WindowAttentionCall.MostChannels;
        while (shape.C % heads != 0) heads++;
        var table = new Shape(1, 1, ((2 * window.D) - 1) * ((2 * window.H) - 1) * ((2 * window.W) - 1), heads);
        Values q = given.Some(shape, 1), k = given.Some(shape, 2), v = given.Some(shape, 3), near = given.Some(table, 4);
        var fragment = hasFragments ? given.Some(table, 5) : null;
        Values paddedK = given.Some(Shape.Vector(shape.C), 6), paddedV = given.Some(Shape.Vector(shape.C), 7);
        var setting = new WindowSetting(heads, frames, window, shift, near, fragment, paddedK, paddedV);
        Tensor y = d.Rent(shape, d.Precision), queries = q.On(d), keys = k.On(d), values = v.On(d);
        var options = setting.On(d);
        return Trial.Into(
            d, y, () => d.Kernels.WindowAttention(y, queries, keys, values, options), () => Attend(q, k, v, setting));
    }

    /// <summary>A token of a window.</summary>
    /// <param name="Row">where it is in the tensor, rows counted through all images; -1 if it is padding</param>
    /// <param name="Whole">where the token of its number is in a whole window</param>
    /// <param name="Fragment">its fragment's row and column</param>
    /// <param name="Region">what it may see</param>
    private sealed record Token(long Row, int[] Whole, int[] Fragment, int Region)
    {
        public static Token Of(
            int at, int[] place, int[] extents, int[] padded, int[] window, int[] shift, int[] asked, int clip)
        {
            int[] source = [.. place.Select((p, i) => (p + shift[i]) % padded[i])];
            bool isThere = Enumerable.Range(0, 3).All(i => source[i] < extents[i]);
            long row = ((((((long)clip * extents[0]) + source[0]) * extents[1]) + source[1]) * extents[2]) + source[2];
            int region = 0;
            for (int i = 0; i < 3; i++)
            {
                int own = place[i] < padded[i] - window[i] ? 0 : place[i] < padded[i] - shift[i] ? 1 : 2;
                region = (3 * region) + (shift[i] > 0 ? own : 0);
            }

            return new Token(
                isThere ? row : -1, [at / asked[2] / asked[1], at / asked[2] % asked[1], at % asked[2]],
                [window[1] * source[1] / padded[1], window[2] * source[2] / padded[2]], region);
        }
    }
}
