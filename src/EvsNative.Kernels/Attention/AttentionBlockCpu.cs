using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Up to 48 queries of one head against all keys, by streaming softmax: 128 keys at a time, a running maximum and a running sum for each query.
/// Keys are packed as panels [16 keys][d] turned (k-major), values as panels [keys][16 channels], so that both products run on <see cref="GemmTile"/>.
/// The working memory, a few tens of kilobytes, belongs to the thread; no score matrix exists.
/// </summary>
internal readonly unsafe struct AttentionBlockCpu
{
    public const int Queries = 48;
    private const int Keys = 128;

    private readonly int _headDim, _columns;
    private readonly float* _q, _s, _o, _max, _sum;
    private readonly float** _qRows, _sRows;

    public AttentionBlockCpu(byte* memory, int headDim)
    {
        _headDim = headDim;
        _columns = Panels(headDim) * GemmTile.Columns;
        _q = (float*)memory;
        _s = _q + (Queries * headDim);
        _s += (16 - (((nint)_s / sizeof(float)) & 15)) & 15;
        _o = _s + (Queries * Keys);
        _max = _o + (Queries * _columns);
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
        (((long)Queries * (headDim + Keys + (Panels(headDim) * GemmTile.Columns) + 2)) + 16) * sizeof(float) + (2L * Queries * sizeof(float*));

    /// <summary>Panels of 16 that hold <paramref name="count"/> keys or channels.</summary>
    public static int Panels(int count) => (count + GemmTile.Columns - 1) / GemmTile.Columns;

    /// <summary>Floats that packed keys and values of one head take.</summary>
    public static long PackedFloats(int keys, int headDim) =>
        ((long)Panels(keys) * headDim * GemmTile.Columns) + ((long)Panels(headDim) * Panels(keys) * GemmTile.Columns * GemmTile.Columns);

    /// <summary>Packs keys and values of one head, rows <paramref name="stride"/> elements apart. Panels first..last of the keys.</summary>
    public static void Pack(float* packed, float* k, float* v, long stride, int keys, int headDim, int firstPanel, int lastPanel)
    {
        const int Width = GemmTile.Columns;
        float* values = packed + ((long)Panels(keys) * headDim * Width);
        long valueStride = (long)Panels(keys) * Width * Width;
        for (int panel = firstPanel; panel < lastPanel; panel++)
        {
            float* to = packed + ((long)panel * headDim * Width);
            for (int j = 0; j < Width; j++)
            {
                int key = (panel * Width) + j;
                if (key < keys)
                {
                    float* row = k + (key * stride);
                    for (int c = 0; c < headDim; c++) to[(c * Width) + j] = row[c];
                    float* from = v + (key * stride);
                    for (int c = 0; c < headDim; c += Width)
                    {
                        float* y = values + (c / Width * valueStride) + ((long)key * Width);
                        int count = Math.Min(Width, headDim - c);
                        new ReadOnlySpan<float>(from + c, count).CopyTo(new Span<float>(y, Width));
                        new Span<float>(y + count, Width - count).Clear();
                    }
                }
                else
                {
                    for (int c = 0; c < headDim; c++) to[(c * Width) + j] = 0;
                    for (int p = 0; p < Panels(headDim); p++)
                        new Span<float>(values + (p * valueStride) + ((long)key * Width), Width).Clear();
                }
            }
        }
    }

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

        int padded = (count + GemmTile.Rows - 1) / GemmTile.Rows * GemmTile.Rows;
        if (padded > count) new Span<float>(_q + (count * _headDim), (padded - count) * _headDim).Clear();
    }

    /// <summary>Attends with the loaded queries.</summary>
    /// <param name="packed">keys and values, from <see cref="Pack"/></param>
    /// <param name="keys">how many</param>
    /// <param name="count">how many queries were loaded</param>
    /// <param name="firstQuery">position of the first one; a query sees keys up to its own position where the attention is causal</param>
    /// <param name="isCausal">CLIP</param>
    /// <param name="y">the first query's result, rows <paramref name="stride"/> apart</param>
    /// <param name="stride">elements from one result to the next</param>
    public void Attend(float* packed, int keys, int count, int firstQuery, bool isCausal, float* y, long stride)
    {
        float* values = packed + ((long)Panels(keys) * _headDim * GemmTile.Columns);
        long valueStride = (long)Panels(keys) * GemmTile.Columns * GemmTile.Columns;
        int tiles = (count + GemmTile.Rows - 1) / GemmTile.Rows;
        new Span<float>(_o, tiles * GemmTile.Rows * _columns).Clear();
        for (int i = 0; i < count; i++) (_max[i], _sum[i]) = (float.NegativeInfinity, 0);

        int seen = isCausal ? Math.Min(keys, firstQuery + count) : keys;
        var head = new Segment(0, 0, _headDim);
        for (int key = 0; key < seen; key += Keys)
        {
            int length = Math.Min(Keys, seen - key);
            for (int p = 0; p < Panels(length); p++)
            {
                float* b = packed + (((long)(key / GemmTile.Columns) + p) * _headDim * GemmTile.Columns);
                for (int t = 0; t < tiles; t++)
                    GemmTile.Multiply(_qRows + (t * GemmTile.Rows), 0, &head, 1, b, _s + (t * GemmTile.Rows * Keys) + (p * GemmTile.Columns), Keys, false);
            }

            for (int i = 0; i < count; i++)
                Softmax(i, isCausal ? Math.Clamp(firstQuery + i - key + 1, 0, length) : length, length);

            var part = new Segment(0, 0, length);
            for (int p = 0; p < _columns / GemmTile.Columns; p++)
            {
                float* b = values + (p * valueStride) + ((long)key * GemmTile.Columns);
                for (int t = 0; t < tiles; t++)
                    GemmTile.Multiply(_sRows + (t * GemmTile.Rows), 0, &part, 1, b, _o + (t * GemmTile.Rows * _columns) + (p * GemmTile.Columns), _columns, true);
            }
        }

        for (int i = 0; i < count; i++)
        {
            float* from = _o + (i * _columns), to = y + (i * stride);
            Blend(to, from, 1 / _sum[i], from, 0, _headDim);
        }
    }

    /// <summary>y = a x + b x2</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Blend(float* y, float* x, float a, float* x2, float b, int count)
    {
        Vector256<float> av = Vector256.Create(a), bv = Vector256.Create(b);
        int c = 0;
        for (; c <= count - 8; c += 8) ((Vector256.Load(x + c) * av) + (Vector256.Load(x2 + c) * bv)).Store(y + c);
        for (; c < count; c++) y[c] = (x[c] * a) + (x2[c] * b);
    }

    /// <summary>Scores of one query become weights: the first <paramref name="visible"/> of <paramref name="length"/> keys count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Softmax(int query, int visible, int length)
    {
        float* s = _s + (query * Keys);
        int vectors = (visible + 7) / 8;
        for (int j = visible; j < vectors * 8; j++) s[j] = float.NegativeInfinity;

        var top = Vector256.Create(_max[query]);
        for (int j = 0; j < vectors; j++) top = Vector256.Max(top, Vector256.Load(s + (j * 8)));
        var half = Vector128.Max(top.GetLower(), top.GetUpper());
        float max = MathF.Max(MathF.Max(half[0], half[1]), MathF.Max(half[2], half[3]));

        var shift = Vector256.Create(max);
        var sum = Vector256<float>.Zero;
        for (int j = 0; j < vectors; j++)
        {
            var e = VectorMath.Exp(Vector256.Load(s + (j * 8)) - shift);
            e.Store(s + (j * 8));
            sum += e;
        }

        for (int j = vectors * 8; j < length; j++) s[j] = 0;
        if (visible == 0) return;

        float rescale = _max[query] == max ? 1 : VectorMath.Exp(_max[query] - max);
        _max[query] = max;
        _sum[query] = (_sum[query] * rescale) + Vector256.Sum(sum);
        if (rescale == 1) return;
        float* o = _o + (query * _columns);
        var factor = Vector256.Create(rescale);
        for (int c = 0; c < _columns; c += 8) (Vector256.Load(o + c) * factor).Store(o + c);
    }
}
