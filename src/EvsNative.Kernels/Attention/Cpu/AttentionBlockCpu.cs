using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Up to 192 queries of one head against all keys, by streaming softmax: 128 keys at a time, a maximum and a running sum for each query.
/// Queries lie across the lanes, in panels as wide as a tile. So scores, weights and results are all [.., queries]: keys and values are
/// read where they lie, the softmax is vertical, and only the queries and the result are turned.
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

    /// <summary>
    /// Takes <paramref name="count"/> queries in, the first one at <paramref name="at"/>, rows <paramref name="stride"/> apart.
    /// </summary>
    public void LoadQueries(QueryRows q, long at, long stride, int count)
    {
        for (int first = 0; first < count; first += Columns, at += Columns * stride)
        {
            int taken = Math.Min(Columns, count - first);
            float* turned = _q + (first * _headDim);

            // Lanes without a query take part in the decision to scale: what they hold must not depend on what was computed before.
            if (taken < Columns) new Span<float>(turned, Columns * _headDim).Clear();
            if (!q.IsBlended)
            {
                Transposition.Turn(q.Own(at), stride, turned, Columns, taken, _headDim);
                continue;
            }

            // Blended rows stand where the result will.
            float* rows = _o + (first * _headDim);
            for (int i = 0; i < taken; i++) q.Copy<TSimd, TVector>(at + (i * stride), rows + (i * _headDim), _headDim);
            Transposition.Turn(rows, _headDim, turned, Columns, taken, _headDim);
        }
    }

    /// <summary>Attends with the loaded queries.</summary>
    /// <param name="k">keys of the head, rows <paramref name="stride"/> apart</param>
    /// <param name="v">their values</param>
    /// <param name="stride">elements from one key to the next, from one value to the next and from one result to the next</param>
    /// <param name="keys">how many</param>
    /// <param name="count">how many queries were loaded</param>
    /// <param name="firstQuery">position of the first one; a query sees keys up to its own position where the attention is causal</param>
    /// <param name="isCausal">CLIP</param>
    /// <param name="y">the first query's result</param>
    /// <param name="bias">of scores; the first query's column is the one of its position</param>
    public void Attend<TBias>(
        float* k, float* v, long stride, int keys, int count, int firstQuery, bool isCausal, float* y, TBias bias = default)
        where TBias : struct, IScoreBias
    {
        for (int i = 0; i < count + TSimd.Count && i < Queries; i++) (_max[i], _sum[i]) = (float.NegativeInfinity, 0);
        int seen = isCausal ? Math.Min(keys, firstQuery + count) : keys;
        for (int key = 0; key < seen; key += Keys)
        {
            int length = Math.Min(Keys, seen - key);
            for (int first = 0; first < count; first += Columns)
            {
                int vectors = Vectors(count - first);
                float* q = _q + (first * _headDim), o = _o + (first * _headDim);
                if (TBias.IsPresent) bias.Put(_s, key, length, firstQuery + first, vectors);
                AttentionTile<TSimd, TVector>.Multiply<ByRows>(
                    length, vectors, _headDim, k + (key * stride), stride, q, Columns, _s, Columns, TBias.IsPresent);
                if (isCausal) Hide(key, length, firstQuery + first);
                for (int i = 0; i < vectors; i++) Weigh(i * TSimd.Count, first, length, key > 0);
                AttentionTile<TSimd, TVector>.Multiply<Turned>(
                    _headDim, vectors, length, v + (key * stride), stride, _s, Columns, o, Columns, key > 0);
            }
        }

        for (int first = 0; first < count; first += Columns, y += Columns * stride)
        {
            float* o = _o + (first * _headDim);
            for (int i = 0; i < Vectors(count - first) * TSimd.Count; i += TSimd.Count)
                Softmax<TSimd, TVector>.Scale(o + i, _headDim, TSimd.Divide(TSimd.Create(1), TSimd.Load(_sum + first + i)));
            Transposition.Turn(o, Columns, y, stride, _headDim, Math.Min(Columns, count - first));
        }
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
    private void Weigh(int column, int panel, int length, bool hasResult)
    {
        float* s = _s + column, max = _max + panel + column, sum = _sum + panel + column;
        var scale = TSimd.Create(Softmax<TSimd, TVector>.Exponent(_headDim));
        TVector top = Softmax<TSimd, TVector>.Largest(s, length), before = TSimd.Load(max);

        // Far more often than not the maximum stays, or its growth is within the slack. A query that is NaN takes the longer way, and hides
        // no other's growth.
        if (!TSimd.AreLessOrEqual(TSimd.Multiply(TSimd.Subtract(top, before), scale), TSimd.Create(Slack)))
        {
            top = TSimd.Max(top, before);
            var factor = VectorMath<TSimd, TVector>.Exp2(TSimd.Multiply(TSimd.Subtract(before, top), scale));
            TSimd.Store(top, max);
            TSimd.Store(TSimd.Multiply(TSimd.Load(sum), factor), sum);
            if (hasResult) Softmax<TSimd, TVector>.Scale(_o + (panel * _headDim) + column, _headDim, factor);
        }

        TSimd.Store(Softmax<TSimd, TVector>.Weigh(s, length, scale, TSimd.Load(max), TSimd.Load(sum)), sum);
    }
}
