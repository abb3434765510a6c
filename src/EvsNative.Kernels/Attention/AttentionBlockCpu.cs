using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Up to 48 queries of one head against all keys, by streaming softmax: 128 keys at a time, a running maximum and a running sum for each query.
/// Keys and values come packed (<see cref="PackedKeys{TSimd, TVector}"/>), so that both products run on <see cref="GemmTile{TSimd, TVector}"/>.
/// The working memory, a few tens of kilobytes, belongs to the thread; no score matrix exists.
/// </summary>
internal readonly unsafe struct AttentionBlockCpu<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public const int Queries = 48;
    private const int Keys = 128;
    private const int TileRows = GemmTile<TSimd, TVector>.Rows;

    private readonly int _headDim, _width;
    private readonly float* _q, _s, _o, _max, _sum;
    private readonly float** _qRows, _sRows;

    /// <param name="memory"><see cref="Bytes"/> of it, aligned to a cache line</param>
    /// <param name="headDim">channels of a head</param>
    public AttentionBlockCpu(byte* memory, int headDim)
    {
        _headDim = headDim;
        _width = PackedKeys<TSimd, TVector>.Padded(headDim);
        _s = (float*)memory;
        _o = _s + (Queries * Keys);
        _q = _o + (Queries * _width);
        _max = _q + (Queries * headDim);
        _sum = _max + Queries;
        _qRows = (float**)(_sum + Queries);
        _sRows = _qRows + Queries;
        for (int i = 0; i < Queries; i++)
        {
            _qRows[i] = _q + (i * headDim);
            _sRows[i] = _s + (i * Keys);
        }
    }

    /// <summary>Working memory of a block.</summary>
    public static long Bytes(int headDim) =>
        ((long)Queries * (Keys + PackedKeys<TSimd, TVector>.Padded(headDim) + headDim + 2) * sizeof(float)) + (2L * Queries * sizeof(float*));

    /// <summary>Takes queries in, scaled, and blended with recorded ones where <paramref name="inverted"/> is not null (EVS, Eq. 11).</summary>
    public void LoadQueries(float* q, float* inverted, float gamma, long stride, int count)
    {
        float scale = 1 / MathF.Sqrt(_headDim);
        for (int i = 0; i < count; i++)
        {
            float* from = q + (i * stride), to = _q + (i * _headDim);
            if (inverted == null) Blend(to, from, scale, from, 0, _headDim);
            else Blend(to, from, (1 - gamma) * scale, inverted + (i * stride), gamma * scale, _headDim);
        }

        int padded = (count + TileRows - 1) / TileRows * TileRows;
        if (padded > count) new Span<float>(_q + (count * _headDim), (padded - count) * _headDim).Clear();
    }

    /// <summary>Attends with the loaded queries.</summary>
    /// <param name="packed">keys and values</param>
    /// <param name="count">how many queries were loaded</param>
    /// <param name="firstQuery">position of the first one; a query sees keys up to its own position where the attention is causal</param>
    /// <param name="isCausal">CLIP</param>
    /// <param name="y">the first query's result, rows <paramref name="stride"/> apart</param>
    /// <param name="stride">elements from one result to the next</param>
    public void Attend(PackedKeys<TSimd, TVector> packed, int count, int firstQuery, bool isCausal, float* y, long stride)
    {
        int tiles = (count + TileRows - 1) / TileRows;
        for (int i = 0; i < count; i++) (_max[i], _sum[i]) = (float.NegativeInfinity, 0);

        int seen = isCausal ? Math.Min(packed.Keys, firstQuery + count) : packed.Keys;
        for (int key = 0; key < seen; key += Keys)
        {
            int length = Math.Min(Keys, seen - key);
            Score(packed, key, length, tiles);
            for (int i = 0; i < count; i++)
                Softmax(i, isCausal ? Math.Clamp(firstQuery + i - key + 1, 0, length) : length, length);
            Weigh(packed, key, length, tiles);
        }

        for (int i = 0; i < count; i++)
        {
            float* from = _o + (i * _width), to = y + (i * stride);
            Blend(to, from, 1 / _sum[i], from, 0, _headDim);
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

    /// <summary>s = q k^T for a block of keys.</summary>
    private void Score(PackedKeys<TSimd, TVector> packed, int key, int length, int tiles)
    {
        int columns = GemmTile<TSimd, TVector>.Columns;
        var head = new Segment(0, 0, _headDim);
        for (int at = 0; at < length; at += columns)
        {
            float* b = packed.KeyPanel(key + at, out int vectors);
            for (int t = 0; t < tiles; t++)
            {
                float* s = _s + (t * TileRows * Keys) + at;
                GemmTile<TSimd, TVector>.Multiply(vectors, _qRows + (t * TileRows), 0, &head, 1, b, s, Keys, false);
            }
        }
    }

    /// <summary>o += s v for a block of keys; the first block's replaces what was there.</summary>
    private void Weigh(PackedKeys<TSimd, TVector> packed, int key, int length, int tiles)
    {
        int columns = GemmTile<TSimd, TVector>.Columns;
        var part = new Segment(0, 0, length);
        for (int at = 0; at < _width; at += columns)
        {
            float* b = packed.ValuePanel(at, key, out int vectors);
            for (int t = 0; t < tiles; t++)
            {
                float* o = _o + (t * TileRows * _width) + at;
                GemmTile<TSimd, TVector>.Multiply(vectors, _sRows + (t * TileRows), 0, &part, 1, b, o, _width, key > 0);
            }
        }
    }

    /// <summary>Scores of one query become weights: the first <paramref name="visible"/> of <paramref name="length"/> keys count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Softmax(int query, int visible, int length)
    {
        float* s = _s + (query * Keys);
        int end = (visible + TSimd.Count - 1) / TSimd.Count * TSimd.Count;
        for (int j = visible; j < end; j++) s[j] = float.NegativeInfinity;

        var top = TSimd.Create(_max[query]);
        for (int j = 0; j < end; j += TSimd.Count) top = TSimd.Max(top, TSimd.Load(s + j));
        float max = TSimd.Largest(top);

        TVector shift = TSimd.Create(max), sum = default;
        for (int j = 0; j < end; j += TSimd.Count)
        {
            var e = VectorMath<TSimd, TVector>.ExpOfNegative(TSimd.Subtract(TSimd.Load(s + j), shift));
            TSimd.Store(e, s + j);
            sum = TSimd.Add(sum, e);
        }

        for (int j = visible; j < length; j++) s[j] = 0;
        if (visible == 0) return;

        float rescale = _max[query] == max ? 1 : VectorMath.Exp(_max[query] - max);
        _max[query] = max;
        _sum[query] = (_sum[query] * rescale) + TSimd.Sum(sum);
        if (rescale == 1) return;
        float* o = _o + (query * _width);
        var factor = TSimd.Create(rescale);
        for (int c = 0; c < _width; c += TSimd.Count) TSimd.Store(TSimd.Multiply(TSimd.Load(o + c), factor), o + c);
    }
}
