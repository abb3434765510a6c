using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// The same attention for processors that run OpenCL. Their compilers make vectors of a thread's own innermost loops, before they ask what
/// other threads do. So a group is one thread, whose innermost loops walk along queries that lie side by side: what belongs to a query is in
/// its own lane, keys and values are numbers that all lanes share, and no lane asks another.
/// <code>
/// groups  16 to 64 queries of one head of one sequence, one thread each, all along x
/// scores  s[key][query] = sum q[channel][query] k[key][channel], four keys and four channels at a time
/// result  o[channel][query] += s[key][query] v[key][channel], four channels and four keys at a time
/// reads   q, k and v once for each tile of queries; writes y once
/// </code>
/// </summary>
internal static class AttentionLinePortable
{
    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    public static void Kernel<TX, TQueries, TForm>(AttentionArgsPortable args)
        where TX : struct, IElement
        where TQueries : struct, IQuerySource
        where TForm : struct, IAttentionLineForm
    {
        var q = LocalMemory.Allocate<float>(TForm.Channels * TForm.Queries);
        var o = LocalMemory.Allocate<float>(TForm.Channels * TForm.Queries);
        var s = LocalMemory.Allocate<float>(TForm.Keys * TForm.Queries);
        var piece = LocalMemory.Allocate<float>(TForm.Keys * TForm.Channels);
        var largest = LocalMemory.Allocate<float>(TForm.Queries);
        var factors = LocalMemory.Allocate<float>(TForm.Queries);
        var totals = LocalMemory.Allocate<float>(TForm.Queries);

        int group = Grid.IdxX, first = group % args.QueryParts * TForm.Queries;
        group /= args.QueryParts;
        int head = group % args.Heads, sequence = group / args.Heads;
        long within = ((long)(sequence % args.Inner) * args.InnerStride) + ((long)head * args.HeadSize);
        long queries = (sequence / args.Inner * args.QueryStride) + within + (first * args.Step);
        long keys = (sequence / args.Inner * args.KeyStride) + within;
        int rows = IntrinsicMath.Min(args.Queries - first, TForm.Queries), channels = (args.HeadSize + 3) & ~3;

        // Lanes behind the last query and channels behind the last are zero.
        for (int i = 0; i < channels * TForm.Queries; i++)
        {
            q[i] = 0;
            o[i] = 0;
        }

        for (int t = 0; t < rows; t++)
        {
            for (int c = 0; c < args.HeadSize; c++)
                q[(c * TForm.Queries) + t] = TQueries.Load<TX>(args.Q, args.Inverted, queries + (t * args.Step) + c, args.Gamma);
        }

        for (int t = 0; t < TForm.Queries; t++)
        {
            largest[t] = Unseen;
            totals[t] = 0;
        }

        int seen = args.IsCausal != 0 ? IntrinsicMath.Min(args.Keys, first + TForm.Queries) : args.Keys;
        for (int firstKey = 0; firstKey < seen; firstKey += TForm.Keys)
        {
            // In steps of four; a number that compilers do not know, which would write out each of these loops.
            int count = IntrinsicMath.Min(seen - firstKey, TForm.Keys), there = (count + 3) & ~3;
            Stage<TX, TForm>(piece, args.K, keys, args.Step, count, there, args.HeadSize, channels);
            for (int i = 0; i < there * TForm.Queries; i++) s[i] = 0;
            for (int key = 0; key < there; key += 4)
            {
                for (int c = 0; c < channels; c += 4)
                    Multiply<TForm>(s, key * TForm.Queries, q, c * TForm.Queries, piece, (key * TForm.Channels) + c, 1, TForm.Channels);
            }

            // Of what is not there, or must not be seen; the first key of a causal query is always there.
            if (count < there | args.IsCausal != 0)
            {
                for (int key = 0; key < there; key++)
                {
                    for (int t = 0; t < TForm.Queries; t++)
                    {
                        bool isSeen = key < count & (args.IsCausal == 0 | firstKey + key <= first + t);
                        s[(key * TForm.Queries) + t] = isSeen ? s[(key * TForm.Queries) + t] : Unseen;
                    }
                }
            }

            Soften<TForm>(s, there, largest, factors, totals, args.Scale);
            Stage<TX, TForm>(piece, args.V, keys, args.Step, count, there, args.HeadSize, channels);
            for (int c = 0; c < channels; c++)
            {
                for (int t = 0; t < TForm.Queries; t++) o[(c * TForm.Queries) + t] *= factors[t];
            }

            for (int c = 0; c < channels; c += 4)
            {
                for (int key = 0; key < there; key += 4)
                    Multiply<TForm>(o, c * TForm.Queries, s, key * TForm.Queries, piece, (key * TForm.Channels) + c, TForm.Channels, 1);
            }

            keys += TForm.Keys * args.Step;
        }

        for (int t = 0; t < rows; t++)
        {
            float inverse = 1 / totals[t];
            for (int c = 0; c < args.HeadSize; c++)
                TX.Store(args.Y, queries + (t * args.Step) + c, o[(c * TForm.Queries) + t] * inverse);
        }
    }

    /// <summary>
    /// Adds the products of four rows of <paramref name="x"/> and a 4 x 4 block of numbers to four rows of <paramref name="y"/>.
    /// </summary>
    /// <param name="y">sums, a lane for each query</param>
    /// <param name="to">the first row of y</param>
    /// <param name="x">factors, likewise</param>
    /// <param name="from">the first row of x</param>
    /// <param name="m">the numbers</param>
    /// <param name="at">the block</param>
    /// <param name="inner">from the number of one row of x to that of the next</param>
    /// <param name="outer">from the number of one row of y to that of the next</param>
    private static void Multiply<TForm>(
        ArrayView<float> y, int to, ArrayView<float> x, int from, ArrayView<float> m, int at, int inner, int outer)
        where TForm : struct, IAttentionLineForm
    {
        int b = at + outer, c = b + outer, d = c + outer;
        float a0 = m[at], a1 = m[at + inner], a2 = m[at + (2 * inner)], a3 = m[at + (3 * inner)];
        float b0 = m[b], b1 = m[b + inner], b2 = m[b + (2 * inner)], b3 = m[b + (3 * inner)];
        float c0 = m[c], c1 = m[c + inner], c2 = m[c + (2 * inner)], c3 = m[c + (3 * inner)];
        float d0 = m[d], d1 = m[d + inner], d2 = m[d + (2 * inner)], d3 = m[d + (3 * inner)];
        for (int t = 0; t < TForm.Queries; t++)
        {
            float x0 = x[from + t], x1 = x[from + TForm.Queries + t];
            float x2 = x[from + (2 * TForm.Queries) + t], x3 = x[from + (3 * TForm.Queries) + t];
            y[to + t] += (x0 * a0) + (x1 * a1) + ((x2 * a2) + (x3 * a3));
            y[to + TForm.Queries + t] += (x0 * b0) + (x1 * b1) + ((x2 * b2) + (x3 * b3));
            y[to + (2 * TForm.Queries) + t] += (x0 * c0) + (x1 * c1) + ((x2 * c2) + (x3 * c3));
            y[to + (3 * TForm.Queries) + t] += (x0 * d0) + (x1 * d1) + ((x2 * d2) + (x3 * d3));
        }
    }

    /// <summary>Scores to weights, and what earlier results are to be multiplied by.</summary>
    private static void Soften<TForm>(
        ArrayView<float> s, int keys, ArrayView<float> largest, ArrayView<float> factors, ArrayView<float> totals, float scale)
        where TForm : struct, IAttentionLineForm
    {
        for (int t = 0; t < TForm.Queries; t++) factors[t] = largest[t];
        for (int key = 0; key < keys; key++)
        {
            for (int t = 0; t < TForm.Queries; t++) largest[t] = IntrinsicMath.Max(largest[t], s[(key * TForm.Queries) + t]);
        }

        for (int t = 0; t < TForm.Queries; t++)
        {
            factors[t] = PtxIntrinsics.Exp2((factors[t] - largest[t]) * scale);
            totals[t] *= factors[t];
        }

        for (int key = 0; key < keys; key++)
        {
            for (int t = 0; t < TForm.Queries; t++)
            {
                float weight = PtxIntrinsics.Exp2((s[(key * TForm.Queries) + t] - largest[t]) * scale);
                s[(key * TForm.Queries) + t] = weight;
                totals[t] += weight;
            }
        }
    }

    /// <summary>Keys or values as float32; zeros behind the last key and the last channel, whose products are zero.</summary>
    private static void Stage<TX, TForm>(
        ArrayView<float> piece, Operand x, long from, long step, int count, int keys, int size, int channels)
        where TX : struct, IElement
        where TForm : struct, IAttentionLineForm
    {
        for (int key = 0; key < keys; key++)
        {
            int there = key < count ? size : 0;
            for (int c = 0; c < there; c++) piece[(key * TForm.Channels) + c] = TX.Load(x, from + (key * step) + c);
            for (int c = there; c < channels; c++) piece[(key * TForm.Channels) + c] = 0;
        }
    }
}
