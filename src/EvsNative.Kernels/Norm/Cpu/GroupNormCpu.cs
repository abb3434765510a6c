using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Group normalisation with scale, shift and activation, over one input or two read as one along the channels.
/// <code>
/// items  image x chunk of pixels for the sums; image x group for the moments; image x chunk again to normalise
/// reads  x twice (sums, normalisation), weight and bias once per image
/// writes y once
/// floor  3 * N*H*W*C * 4 bytes over memory bandwidth
/// </code>
/// To read x once, by slices of channels that stay in the second cache, is slower: a slice's rows lie apart, and that costs more than a
/// pass. The sums are float, per channel and chunk, of at most 256 values less one that is like them (the origin: the median of the first,
/// the middle and the last). They are merged in double and in one order. The mean leaves x before x is scaled, so one far larger than the
/// deviation costs nothing.
/// </summary>
internal sealed unsafe class GroupNormCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch) : IOperation<GroupNormCall>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(in GroupNormCall call)
    {
        var (y, x, x2, weight, bias, groups, eps, activation) = call;
        var shape = y.Shape;
        var mark = scratch.Here();
        try
        {
            var job = new Job
            {
                Y = y.Floats(),
                X = x.Floats(),
                X2 = x2.Floats(),
                Weight = weight.Floats(),
                Bias = bias.Floats(),
                Sums = scratch.Rent(GroupNormPlan.Sums(shape), ElementType.Float32).Floats(),
                Scales = scratch.Rent(GroupNormPlan.Scales(shape), ElementType.Float32).Floats(),
                Pixels = shape.Pixels,
                Channels = shape.C,
                Channels1 = x.Shape.C,
                Chunk = GroupNormPlan.Chunk(shape),
                Chunks = GroupNormPlan.Chunks(shape),
                Groups = groups,
                Eps = eps,
            };
            workers.Run(ref job, shape.N * job.Chunks, &SumChunk);
            workers.Run(ref job, shape.N * groups, &MergeGroup);
            workers.Run(ref job, shape.N * job.Chunks, activation switch
            {
                Activation.Silu => &NormaliseChunk<SiluActivation>,
                Activation.QuickGelu => &NormaliseChunk<QuickGeluActivation>,
                Activation.Gelu => &NormaliseChunk<GeluActivation>,
                _ => &NormaliseChunk<NoActivation>,
            });
        }
        finally
        {
            scratch.Release(mark);
        }
    }

    private static void SumChunk(Job* job, int item, int worker)
    {
        int image = item / job->Chunks, first = item % job->Chunks * job->Chunk, count = Math.Min(job->Chunk, job->Pixels - first);
        float* sums = job->Sums + ((long)item * 3 * job->Channels);
        int one = job->Channels1, two = job->Channels - one;
        SumChannels(job->X + ((((long)image * job->Pixels) + first) * one), one, count, sums, job->Channels);
        if (two > 0) SumChannels(job->X2 + ((((long)image * job->Pixels) + first) * two), two, count, sums + one, job->Channels);
    }

    /// <summary>Sums down the pixels, four vectors of channels at a time in registers.</summary>
    private static void SumChannels(float* chunk, int channels, int count, float* origins, int stride)
    {
        float* sums = origins + stride, squares = sums + stride;
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

    /// <summary>Moments of a group from the sums of its channels' chunks, then mean, scale and shift of its channels.</summary>
    private static void MergeGroup(Job* job, int item, int worker)
    {
        int image = item / job->Groups, width = job->Channels / job->Groups, from = item % job->Groups * width, stride = job->Channels;
        float* first = job->Sums + ((long)image * job->Chunks * 3 * stride) + from;
        double origin = first[0], total = 0, square = 0, elements = (double)job->Pixels * width;
        for (int k = 0; k < job->Chunks; k++)
        {
            float* origins = first + ((long)k * 3 * stride), sums = origins + stride, squares = sums + stride;
            double pixels = PixelsOf(job, k);
            for (int c = 0; c < width; c++)
            {
                double apart = origins[c] - origin, offset = pixels * apart, sum = sums[c];
                total += offset + sum;
                square += squares[c] + (apart * (offset + sum + sum));
            }
        }

        // In double, of values less one of them: this difference keeps all digits that the sums have.
        double mean = origin + (total / elements), spread = square - (total * total / elements);
        double deviation = Math.Sqrt((spread / elements) + job->Eps);
        float* means = job->Scales + ((long)image * 3 * stride) + from, scales = means + stride, shifts = scales + stride;
        for (int c = 0; c < width; c++)
        {
            double scale = job->Weight[from + c] / deviation;
            means[c] = (float)mean;
            scales[c] = (float)scale;
            shifts[c] = (float)(job->Bias[from + c] + ((means[c] - mean) * scale));
        }
    }

    private static int PixelsOf(Job* job, int chunk) => Math.Min(job->Chunk, job->Pixels - (chunk * job->Chunk));

    private static void NormaliseChunk<TActivation>(Job* job, int item, int worker) where TActivation : struct, IActivation
    {
        int image = item / job->Chunks, first = item % job->Chunks * job->Chunk, count = Math.Min(job->Chunk, job->Pixels - first);
        int one = job->Channels1, two = job->Channels - one;
        float* scales = job->Scales + ((long)image * 3 * job->Channels);
        for (long row = ((long)image * job->Pixels) + first, end = row + count; row < end; row++)
        {
            float* y = job->Y + (row * job->Channels);
            NormaliseRow<TActivation>(y, job->X + (row * one), one, scales, job->Channels);
            if (two > 0) NormaliseRow<TActivation>(y + one, job->X2 + (row * two), two, scales + one, job->Channels);
        }
    }

    private static void NormaliseRow<TActivation>(float* y, float* x, int channels, float* means, int stride)
        where TActivation : struct, IActivation
    {
        float* scales = means + stride, shifts = scales + stride;
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var apart = TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(means + c));
            var v = TSimd.MultiplyAdd(apart, TSimd.Load(scales + c), TSimd.Load(shifts + c));
            TSimd.Store(TActivation.Of<TSimd, TVector>(v), y + c);
        }

        for (; c < channels; c++)
        {
            float v = float.MultiplyAddEstimate(x[c] - means[c], scales[c], shifts[c]);
            y[c] = TSimd.First(TActivation.Of<TSimd, TVector>(TSimd.Create(v)));
        }
    }

    private struct Job
    {
        public float* Y, X, X2, Weight, Bias, Sums, Scales;
        public int Pixels, Channels, Channels1, Chunk, Chunks, Groups;
        public float Eps;
    }
}
