using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Sums and squares of each channel over some pixels, as floats, of values less one that is like them (the origin: the median of the first,
/// the middle and the last). It is one of the values, so the squares exceed the squared deviations by no more than the number of pixels:
/// whoever subtracts keeps the digits.
/// </summary>
internal static unsafe class ChannelSums<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Sums down the pixels, four vectors of channels at a time in registers.</summary>
    public static void Of(float* chunk, int channels, int count, float* origins, float* sums, float* squares)
    {
        Medians(chunk, chunk + ((long)(count / 2) * channels), chunk + ((long)(count - 1) * channels), channels, origins);
        int width = TSimd.Count, c = 0;
        for (; c + (4 * width) <= channels; c += 4 * width)
        {
            TVector p0 = TSimd.Load(origins + c), p1 = TSimd.Load(origins + c + width);
            TVector p2 = TSimd.Load(origins + c + (2 * width)), p3 = TSimd.Load(origins + c + (3 * width));
            TVector s0 = default, s1 = default, s2 = default, s3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
            float* at = chunk + c;
            for (int i = 0; i < count; i++, at += channels)
            {
                TVector d0 = TSimd.Subtract(TSimd.Load(at), p0), d1 = TSimd.Subtract(TSimd.Load(at + width), p1);
                TVector d2 = TSimd.Subtract(TSimd.Load(at + (2 * width)), p2), d3 = TSimd.Subtract(TSimd.Load(at + (3 * width)), p3);
                s0 = TSimd.Add(s0, d0);
                s1 = TSimd.Add(s1, d1);
                s2 = TSimd.Add(s2, d2);
                s3 = TSimd.Add(s3, d3);
                q0 = TSimd.MultiplyAdd(d0, d0, q0);
                q1 = TSimd.MultiplyAdd(d1, d1, q1);
                q2 = TSimd.MultiplyAdd(d2, d2, q2);
                q3 = TSimd.MultiplyAdd(d3, d3, q3);
            }

            TSimd.Store(s0, sums + c);
            TSimd.Store(s1, sums + c + width);
            TSimd.Store(s2, sums + c + (2 * width));
            TSimd.Store(s3, sums + c + (3 * width));
            TSimd.Store(q0, squares + c);
            TSimd.Store(q1, squares + c + width);
            TSimd.Store(q2, squares + c + (2 * width));
            TSimd.Store(q3, squares + c + (3 * width));
        }

        for (; c + width <= channels; c += width)
        {
            TVector origin = TSimd.Load(origins + c), sum = default, square = default;
            float* at = chunk + c;
            for (int i = 0; i < count; i++, at += channels)
            {
                var d = TSimd.Subtract(TSimd.Load(at), origin);
                sum = TSimd.Add(sum, d);
                square = TSimd.MultiplyAdd(d, d, square);
            }

            TSimd.Store(sum, sums + c);
            TSimd.Store(square, squares + c);
        }

        for (; c < channels; c++)
        {
            float origin = origins[c], sum = 0, square = 0;
            float* at = chunk + c;
            for (int i = 0; i < count; i++, at += channels)
            {
                float d = *at - origin;
                sum += d;
                square = float.MultiplyAddEstimate(d, d, square);
            }

            (sums[c], squares[c]) = (sum, square);
        }
    }

    /// <summary>Of three pixels, channel by channel.</summary>
    private static void Medians(float* one, float* two, float* three, int channels, float* medians)
    {
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            TVector a = TSimd.Load(one + c), b = TSimd.Load(two + c);
            TSimd.Store(TSimd.Max(Min(a, b), Min(TSimd.Max(a, b), TSimd.Load(three + c))), medians + c);
        }

        for (; c < channels; c++) medians[c] = MathF.Max(MathF.Min(one[c], two[c]), MathF.Min(MathF.Max(one[c], two[c]), three[c]));
    }

    private static TVector Min(TVector a, TVector b) => TSimd.SelectLessOrEqual(a, b, a, b);
}
