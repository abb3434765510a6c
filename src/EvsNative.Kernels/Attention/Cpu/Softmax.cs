using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Steps of a softmax down a column of vectors, a query in each lane; rows lie as far apart as a tile is wide.
/// The floor of the weights: 13 operations for a vector of scores at two a clock.
/// </summary>
internal static unsafe class Softmax<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const float Log2E = 1.44269504f;

    private static int Stride => AttentionTile<TSimd, TVector>.Columns;

    /// <summary>What makes scores exponents of 2: log2(e) / sqrt(d).</summary>
    public static float Exponent(int headDim) => Log2E / MathF.Sqrt(headDim);

    /// <summary>The largest scores; four chains, since one would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Largest(float* s, int rows)
    {
        TVector m0 = TSimd.Load(s), m1 = m0, m2 = m0, m3 = m0;
        for (; rows >= 4; rows -= 4, s += 4 * Stride)
        {
            m0 = TSimd.Max(m0, TSimd.Load(s));
            m1 = TSimd.Max(m1, TSimd.Load(s + Stride));
            m2 = TSimd.Max(m2, TSimd.Load(s + (2 * Stride)));
            m3 = TSimd.Max(m3, TSimd.Load(s + (3 * Stride)));
        }

        for (; rows > 0; rows--, s += Stride) m0 = TSimd.Max(m0, TSimd.Load(s));
        return TSimd.Max(TSimd.Max(m0, m1), TSimd.Max(m2, m3));
    }

    /// <summary>s = 2^(scale (s - reference)); gives total + the sum of s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Weigh(float* s, int rows, TVector scale, TVector reference, TVector total)
    {
        var shift = TSimd.Subtract(default, TSimd.Multiply(scale, reference));
        for (float* end = s + (rows * Stride); s < end; s += Stride)
        {
            var weight = VectorMath<TSimd, TVector>.Exp2(TSimd.MultiplyAdd(TSimd.Load(s), scale, shift));
            TSimd.Store(weight, s);
            total = TSimd.Add(total, weight);
        }

        return total;
    }

    /// <summary>x = factor x</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(float* x, int rows, TVector factor)
    {
        for (float* end = x + (rows * Stride); x < end; x += Stride) TSimd.Store(TSimd.Multiply(TSimd.Load(x), factor), x);
    }
}
