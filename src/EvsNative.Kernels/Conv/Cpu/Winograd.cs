using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Winograd's F(4x4, 3x3): 4 x 4 results of a 3 x 3 convolution from 36 products instead of 144, by Toom and Cook's scheme at the points
/// 0, +-3/4, +-3/2 and infinity. With these points the error is half that of the usual 0, +-1, +-2 (measured over 320 channels of normal
/// numbers: 1.7e-6 against 3.6e-6, where plain summation in float32 has 1.0e-6). Source: Lavin and Gray, "Fast Algorithms for Convolutional
/// Neural Networks", 2015; Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution", 2018.
/// </summary>
internal static unsafe class Winograd<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Results of a tile in each direction.</summary>
    public const int Results = 4;

    /// <summary>Inputs of a tile in each direction.</summary>
    public const int Inputs = 6;

    /// <summary>Products of a tile.</summary>
    public const int Products = Inputs * Inputs;

    /// <summary>Numbers that a transform keeps between its two directions, at most.</summary>
    public static int Half => Products * TSimd.Count;

    private const float A = 0.75f, B = 1.5f, A2 = A * A, B2 = B * B;

    // 1 / product of the differences to the other points
    private const float AtZero = 1 / (A2 * B2), AtA = 1 / (2 * A2 * (A2 - B2)), AtB = 1 / (2 * B2 * (B2 - A2));

    /// <summary>B^T d B for one vector of channels.</summary>
    /// <param name="pixels">the 36 pixels under the tile, row by row, each the address of its channels</param>
    /// <param name="channel">first channel</param>
    /// <param name="to">product k's number at to + k * stride</param>
    /// <param name="stride">elements</param>
    /// <param name="half">room for <see cref="Half"/> numbers</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformInput(float** pixels, int channel, float* to, nint stride, float* half)
    {
        for (int j = 0; j < Inputs; j++)
        {
            float** column = pixels + j;
            Input(
                TSimd.Load(column[0] + channel), TSimd.Load(column[Inputs] + channel), TSimd.Load(column[2 * Inputs] + channel),
                TSimd.Load(column[3 * Inputs] + channel), TSimd.Load(column[4 * Inputs] + channel),
                    TSimd.Load(column[5 * Inputs] + channel),
                half + (j * TSimd.Count), Inputs * TSimd.Count);
        }

        for (int i = 0; i < Inputs; i++, to += Inputs * stride)
        {
            float* row = half + (i * Inputs * TSimd.Count);
            Input(At(row, 0), At(row, 1), At(row, 2), At(row, 3), At(row, 4), At(row, 5), to, stride);
        }
    }

    /// <summary>G g G^T for one vector of output channels, in registers from the nine taps to the 36 products.</summary>
    /// <param name="taps">tap t's weights at taps + t * apart</param>
    /// <param name="apart">elements</param>
    /// <param name="to">product k's weights at to + k * stride</param>
    /// <param name="stride">elements</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformFilter(float* taps, nint apart, float* to, nint stride)
    {
        float* middle = taps + (3 * apart), last = middle + (3 * apart);
        TVector a0 = TSimd.Load(taps), a1 = TSimd.Load(taps + apart), a2 = TSimd.Load(taps + (2 * apart));
        TVector b0 = TSimd.Load(middle), b1 = TSimd.Load(middle + apart), b2 = TSimd.Load(middle + (2 * apart));
        TVector c0 = TSimd.Load(last), c1 = TSimd.Load(last + apart), c2 = TSimd.Load(last + (2 * apart));
        nint row = Inputs * stride;
        Filter(Times(AtZero, a0), Times(AtZero, a1), Times(AtZero, a2), to, stride);
        FilterRows(AtA, AtA * A, AtA * A2, a0, a1, a2, b0, b1, b2, c0, c1, c2, to + row, stride);
        FilterRows(AtB, AtB * B, AtB * B2, a0, a1, a2, b0, b1, b2, c0, c1, c2, to + (3 * row), stride);
        Filter(c0, c1, c2, to + (5 * row), stride);
    }

    /// <summary>A^T m A for one vector of output channels.</summary>
    /// <param name="from">product k's sum at from + k * fromStride</param>
    /// <param name="fromStride">elements</param>
    /// <param name="to">the 16 results, row by row, toStride apart</param>
    /// <param name="toStride">elements</param>
    /// <param name="half">room for <see cref="Half"/> numbers</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformOutput(float* from, nint fromStride, float* to, nint toStride, float* half)
    {
        for (int j = 0; j < Inputs; j++)
        {
            float* column = from + (j * fromStride);
            nint down = Inputs * fromStride;
            Output(
                TSimd.Load(column), TSimd.Load(column + down), TSimd.Load(column + (2 * down)), TSimd.Load(column + (3 * down)),
                TSimd.Load(column + (4 * down)), TSimd.Load(column + (5 * down)), half + (j * TSimd.Count), Inputs * TSimd.Count);
        }

        for (int i = 0; i < Results; i++, to += Results * toStride)
        {
            float* row = half + (i * Inputs * TSimd.Count);
            Output(At(row, 0), At(row, 1), At(row, 2), At(row, 3), At(row, 4), At(row, 5), to, toStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input(TVector d0, TVector d1, TVector d2, TVector d3, TVector d4, TVector d5, float* to, nint stride)
    {
        TVector even = Plus(d4, -B2, d2), odd = Plus(d3, -B2, d1);
        TSimd.Store(Plus(even, A, odd), to + stride);
        TSimd.Store(Plus(even, -A, odd), to + (2 * stride));
        (even, odd) = (Plus(d4, -A2, d2), Plus(d3, -A2, d1));
        TSimd.Store(Plus(even, B, odd), to + (3 * stride));
        TSimd.Store(Plus(even, -B, odd), to + (4 * stride));
        TSimd.Store(Plus(Plus(d4, -(A2 + B2), d2), A2 * B2, d0), to);
        TSimd.Store(Plus(Plus(d5, -(A2 + B2), d3), A2 * B2, d1), to + (5 * stride));
    }

    /// <summary>The two rows of products that belong to a point and its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterRows(float one, float first, float second, TVector a0, TVector a1, TVector a2, TVector b0, TVector b1,
        TVector b2, TVector c0, TVector c1, TVector c2, float* to, nint stride)
    {
        TVector even0 = Plus(Times(one, a0), second, c0), even1 = Plus(Times(one, a1), second, c1);
        var even2 = Plus(Times(one, a2), second, c2);
        Filter(Plus(even0, first, b0), Plus(even1, first, b1), Plus(even2, first, b2), to, stride);
        Filter(Plus(even0, -first, b0), Plus(even1, -first, b1), Plus(even2, -first, b2), to + (Inputs * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter(TVector g0, TVector g1, TVector g2, float* to, nint stride)
    {
        float* next = to + (3 * stride);
        TSimd.Store(Times(AtZero, g0), to);
        var even = Plus(Times(AtA, g0), AtA * A2, g2);
        TSimd.Store(Plus(even, AtA * A, g1), to + stride);
        TSimd.Store(Plus(even, -AtA * A, g1), to + (2 * stride));
        even = Plus(Times(AtB, g0), AtB * B2, g2);
        TSimd.Store(Plus(even, AtB * B, g1), next);
        TSimd.Store(Plus(even, -AtB * B, g1), next + stride);
        TSimd.Store(g2, next + (2 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output(TVector m0, TVector m1, TVector m2, TVector m3, TVector m4, TVector m5, float* to, nint stride)
    {
        TVector sumA = TSimd.Add(m1, m2), sumB = TSimd.Add(m3, m4), differenceA = TSimd.Subtract(m1, m2),
            differenceB = TSimd.Subtract(m3, m4);
        TSimd.Store(TSimd.Add(m0, TSimd.Add(sumA, sumB)), to);
        TSimd.Store(Plus(Times(A, differenceA), B, differenceB), to + stride);
        TSimd.Store(Plus(Times(A2, sumA), B2, sumB), to + (2 * stride));
        TSimd.Store(Plus(Plus(m5, A2 * A, differenceA), B2 * B, differenceB), to + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector At(float* row, int index) => TSimd.Load(row + (index * TSimd.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Times(float factor, TVector v) => TSimd.Multiply(TSimd.Create(factor), v);

    /// <summary>a + factor b</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Plus(TVector a, float factor, TVector b) => TSimd.MultiplyAdd(TSimd.Create(factor), b, a);
}
