using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Keys and values of one head as the tile reads them: keys in panels [d][keys], turned, values in panels [keys][channels], both as wide as a
/// tile, the last one as narrow as whole vectors allow. Missing columns are zero.
/// </summary>
internal readonly unsafe struct PackedKeys<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly float* _keys, _values;
    private readonly int _headDim;

    /// <param name="memory"><see cref="Count"/> numbers</param>
    /// <param name="keys">how many keys</param>
    /// <param name="headDim">channels of a head</param>
    public PackedKeys(float* memory, int keys, int headDim)
    {
        _keys = memory;
        _values = memory + ((long)Padded(keys) * headDim);
        (Keys, _headDim) = (keys, headDim);
    }

    public int Keys { get; }

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    /// <summary>Numbers that keys and values of one head take.</summary>
    public static long Count(int keys, int headDim) => ((long)Padded(keys) * headDim) + ((long)keys * Padded(headDim));

    /// <summary>A number of columns in whole vectors.</summary>
    public static int Padded(int columns) => (columns + TSimd.Count - 1) / TSimd.Count * TSimd.Count;

    /// <summary>Panels that hold these keys.</summary>
    public static int Panels(int keys) => (keys + Columns - 1) / Columns;

    /// <summary>The panel [d][vectors * Count] that begins with this key.</summary>
    public float* KeyPanel(int key, out int vectors)
    {
        vectors = Math.Min(Columns, Padded(Keys) - key) / TSimd.Count;
        return _keys + ((long)key * _headDim);
    }

    /// <summary>The panel [keys][vectors * Count] that begins with this channel, from a key on.</summary>
    public float* ValuePanel(int channel, int key, out int vectors)
    {
        int columns = Math.Min(Columns, Padded(_headDim) - channel);
        vectors = columns / TSimd.Count;
        return _values + ((long)channel * Keys) + ((long)key * columns);
    }

    /// <summary>Packs the keys of a panel and their values, rows <paramref name="stride"/> elements apart.</summary>
    public void Pack(int panel, float* k, float* v, long stride)
    {
        int first = panel * Columns, last = Math.Min(first + Columns, Keys);
        float* turned = KeyPanel(first, out int vectors);
        int columns = vectors * TSimd.Count;
        for (int key = first; key < first + columns; key++)
        {
            float* row = k + (key * stride), to = turned + (key - first);
            for (int c = 0; c < _headDim; c++, to += columns) *to = key < last ? row[c] : 0;
        }

        for (int key = first; key < last; key++)
        {
            float* from = v + (key * stride);
            for (int c = 0; c < _headDim; c += Columns)
            {
                float* to = ValuePanel(c, key, out int width);
                int count = Math.Min(Columns, _headDim - c);
                new ReadOnlySpan<float>(from + c, count).CopyTo(new Span<float>(to, count));
                new Span<float>(to + count, (width * TSimd.Count) - count).Clear();
            }
        }
    }
}
