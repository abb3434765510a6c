using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Up to 192 queries of one head against all keys, by streaming softmax: 128 keys at a time, a maximum and a running sum for each query.
/// Queries lie across the lanes, in panels as wide as a tile. So scores, weights and results are all [.., queries]: keys and values are read
/// where they lie, the softmax is vertical, and only the queries and the result are turned.
/// <code>
/// scores   s[key][query] = sum over channels of k[key][c] q[c][query]
/// result   o[c][query]  += sum over keys of v[key][c] s[key][query]
/// memory   s 24 KiB (first cache), q and o 2 * 192 * headDim numbers (second cache); no score matrix exists
/// </code>
/// </summary>
internal readonly unsafe struct AttentionBlockCpu<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public const int Queries = 192;
    private const int Keys = 128;

    // Weights may exceed 1 by this power of two before sums and results are brought down to a new maximum.
    private const float Slack = 8;

    private const float Log2E = 1.44269504f;

    private readonly int _headDim;
    private readonly float* _q, _s, _o, _max, _sum;

    /// <param name="memory"><see cref="Bytes"/> of it, aligned to a cache line</param>
    /// <param name="headDim">channels of a head</param>
    public AttentionBlockCpu(byte* memory, int headDim)
    {
        _headDim = headDim;
        _max = (float*)memory;
        _sum = _max + Queries;
        _s = _sum + Queries;
        _q = _s + (Keys * Columns);
        _o = _q + (Queries * headDim);
    }

    private static int Columns => AttentionTile<TSimd, TVector>.Columns;

    /// <summary>Working memory of a block.</summary>
    public static long Bytes(int headDim) => ((2L * Queries) + ((long)Keys * Columns) + (2L * Queries * headDim)) * sizeof(float);

    /// <summary>Takes queries in, scaled, and blended with recorded ones where <paramref name="inverted"/> is not null (EVS, Eq. 11).</summary>
    public void LoadQueries(float* q, float* inverted, float gamma, long stride, int count)
    {
        float scale = Log2E / MathF.Sqrt(_headDim);
        for (int first = 0; first < count; first += Columns)
        {
            // Scaled rows stand where the result will.
            int taken = Math.Min(Columns, count - first), vectors = Vectors(taken);
            float* rows = _o + (first * _headDim), turned = _q + (first * _headDim);
            for (int i = 0; i < taken; i++)
            {
                float* from = q + ((first + i) * stride), to = rows + (i * _headDim);
                if (inverted == null) Blend(to, from, scale, from, 0, _headDim);
                else Blend(to, from, (1 - gamma) * scale, inverted + ((first + i) * stride), gamma * scale, _headDim);
            }

            new Span<float>(rows + (taken * _headDim), ((vectors * TSimd.Count) - taken) * _headDim).Clear();
            Transposition.Turn(rows, _headDim, turned, Columns, vectors * TSimd.Count, _headDim);
        }
    }

    /// <summary>Attends with the loaded queries.</summary>
    /// <param name="k">keys of the head, rows <paramref name="stride"/> apart</param>
    /// <param name="v">their values</param>
    /// <param name="stride">elements from one key to the next, and from one value</param>
    /// <param name="keys">how many</param>
    /// <param name="count">how many queries were loaded</param>
    /// <param name="firstQuery">position of the first one; a query sees keys up to its own position where the attention is causal</param>
    /// <param name="isCausal">CLIP</param>
    /// <param name="y">the first query's result, rows <paramref name="resultStride"/> apart</param>
    /// <param name="resultStride">elements from one result to the next</param>
    public void Attend(float* k, float* v, long stride, int keys, int count, int firstQuery, bool isCausal, float* y, long resultStride)
    {
        for (int i = 0; i < Queries; i++) (_max[i], _sum[i]) = (float.NegativeInfinity, 0);
        int seen = isCausal ? Math.Min(keys, firstQuery + count) : keys;
        for (int key = 0; key < seen; key += Keys)
        {
            int length = Math.Min(Keys, seen - key);
            for (int first = 0; first < count; first += Columns)
            {
                int vectors = Vectors(count - first);
                float* q = _q + (first * _headDim), o = _o + (first * _headDim);
                AttentionTile<TSimd, TVector>.Multiply<ByRows>(length, vectors, _headDim, k + (key * stride), stride, q, Columns, _s, Columns, false);
                if (isCausal) Hide(key, length, firstQuery + first);
                for (int i = 0; i < vectors; i++) Softmax(i * TSimd.Count, first, length, key > 0);
                AttentionTile<TSimd, TVector>.Multiply<Turned>(_headDim, vectors, length, v + (key * stride), stride, _s, Columns, o, Columns, key > 0);
            }
        }

        for (int first = 0; first < count; first += Columns)
        {
            float* o = _o + (first * _headDim);
            for (int i = 0; i < Vectors(count - first); i++)
                Scale(o + (i * TSimd.Count), TSimd.Divide(TSimd.Create(1), TSimd.Load(_sum + first + (i * TSimd.Count))));
            Transposition.Turn(o, Columns, y + (first * resultStride), resultStride, _headDim, Math.Min(Columns, count - first));
        }
    }

    /// <summary>y = a x + b x2</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Blend(float* y, float* x, float a, float* x2, float b, int count)
    {
        TVector av = TSimd.Create(a), bv = TSimd.Create(b);
        int c = 0;
        for (; c <= count - TSimd.Count; c += TSimd.Count)
            TSimd.Store(TSimd.Add(TSimd.Multiply(TSimd.Load(x + c), av), TSimd.Multiply(TSimd.Load(x2 + c), bv)), y + c);
        for (; c < count; c++) y[c] = (x[c] * a) + (x2[c] * b);
    }

    /// <summary>Vectors across these columns of a panel.</summary>
    private static int Vectors(int columns) => (Math.Min(columns, Columns) + TSimd.Count - 1) / TSimd.Count;

    /// <summary>Scores of keys behind a query's own position vanish.</summary>
    private void Hide(int firstKey, int length, int firstQuery)
    {
        for (int j = 0; j < length; j++)
        {
            int hidden = Math.Clamp(firstKey + j - firstQuery, 0, Columns);
            new Span<float>(_s + (j * Columns), hidden).Fill(float.NegativeInfinity);
        }
    }

    /// <summary>Scores of a vector of queries become weights.</summary>
    private void Softmax(int column, int panel, int length, bool hasResult)
    {
        float* s = _s + column, end = s + (length * Columns), max = _max + panel + column, sum = _sum + panel + column;
        TVector top = Largest(s, end), before = TSimd.Load(max);

        // Far more often than not the maximum stays, or its growth is within the slack.
        if (TSimd.Largest(TSimd.Subtract(top, before)) > Slack)
        {
            top = TSimd.Max(top, before);
            var factor = VectorMath<TSimd, TVector>.Exp2(TSimd.Subtract(before, top));
            TSimd.Store(top, max);
            TSimd.Store(TSimd.Multiply(TSimd.Load(sum), factor), sum);
            if (hasResult) Scale(_o + (panel * _headDim) + column, factor);
        }

        TVector shift = TSimd.Load(max), total = TSimd.Load(sum);
        for (float* at = s; at < end; at += Columns)
        {
            var e = VectorMath<TSimd, TVector>.Exp2(TSimd.Subtract(TSimd.Load(at), shift));
            TSimd.Store(e, at);
            total = TSimd.Add(total, e);
        }

        TSimd.Store(total, sum);
    }

    /// <summary>The largest scores of a vector of queries; four chains, since one would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Largest(float* s, float* end)
    {
        TVector m0 = TSimd.Load(s), m1 = m0, m2 = m0, m3 = m0;
        for (; s <= end - (4 * Columns); s += 4 * Columns)
        {
            m0 = TSimd.Max(m0, TSimd.Load(s));
            m1 = TSimd.Max(m1, TSimd.Load(s + Columns));
            m2 = TSimd.Max(m2, TSimd.Load(s + (2 * Columns)));
            m3 = TSimd.Max(m3, TSimd.Load(s + (3 * Columns)));
        }

        for (; s < end; s += Columns) m0 = TSimd.Max(m0, TSimd.Load(s));
        return TSimd.Max(TSimd.Max(m0, m1), TSimd.Max(m2, m3));
    }

    /// <summary>Results of a vector of queries times a factor each.</summary>
    private void Scale(float* o, TVector factor)
    {
        for (float* end = o + (_headDim * Columns); o < end; o += Columns) TSimd.Store(TSimd.Multiply(TSimd.Load(o), factor), o);
    }
}
