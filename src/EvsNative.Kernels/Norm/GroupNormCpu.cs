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
/// To read x once, by slices of channels that stay in the second cache, is slower: a slice's rows lie apart, and that costs more than a pass.
/// The sums are float, per channel, of values less the channel's first pixel (its pivot), at most 256 of them; they are merged in double and in
/// one order. The pivot also leaves x before it is scaled, so a mean far larger than the deviation costs nothing.
/// </summary>
internal sealed unsafe class GroupNormCpu<TSimd, TVector>(CpuWorkers workers, Scratch scratch)
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public void Run(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation)
    {
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
        float* sums = job->Sums + ((long)item * 2 * job->Channels), squares = sums + job->Channels;
        int one = job->Channels1, two = job->Channels - one;
        SumChannels(job->X + ((long)image * job->Pixels * one), one, first, count, sums, squares);
        if (two > 0) SumChannels(job->X2 + ((long)image * job->Pixels * two), two, first, count, sums + one, squares + one);
    }

    /// <summary>Sums down the pixels, four vectors of channels at a time in registers.</summary>
    private static void SumChannels(float* image, int channels, int first, int count, float* sums, float* squares)
    {
        float* chunk = image + ((long)first * channels);
        int width = TSimd.Count, c = 0;
        for (; c + (4 * width) <= channels; c += 4 * width)
        {
            TVector p0 = TSimd.Load(image + c), p1 = TSimd.Load(image + c + width);
            TVector p2 = TSimd.Load(image + c + (2 * width)), p3 = TSimd.Load(image + c + (3 * width));
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
            TVector pivot = TSimd.Load(image + c), sum = default, square = default;
            float* at = chunk + c;
            for (int i = 0; i < count; i++, at += channels)
            {
                var d = TSimd.Subtract(TSimd.Load(at), pivot);
                sum = TSimd.Add(sum, d);
                square = TSimd.MultiplyAdd(d, d, square);
            }

            TSimd.Store(sum, sums + c);
            TSimd.Store(square, squares + c);
        }

        for (; c < channels; c++)
        {
            float pivot = image[c], sum = 0, square = 0;
            float* at = chunk + c;
            for (int i = 0; i < count; i++, at += channels)
            {
                float d = *at - pivot;
                sum += d;
                square = float.MultiplyAddEstimate(d, d, square);
            }

            (sums[c], squares[c]) = (sum, square);
        }
    }

    /// <summary>Moments of a group from the sums of its channels' chunks, then pivot, scale and shift of its channels.</summary>
    private static void MergeGroup(Job* job, int item, int worker)
    {
        int image = item / job->Groups, width = job->Channels / job->Groups, from = item % job->Groups * width;
        double pixels = job->Pixels, mean = 0, spread = 0;
        for (int c = from; c < from + width; c++)
        {
            double sum = 0, square = 0;
            float* sums = job->Sums + ((long)image * job->Chunks * 2 * job->Channels) + c;
            for (int k = 0; k < job->Chunks; k++, sums += 2 * job->Channels)
            {
                sum += sums[0];
                square += sums[job->Channels];
            }

            // The moments of what came before, joined by those of one more channel.
            double delta = Pivot(job, image, c) + (sum / pixels) - mean, before = c - from;
            mean += delta / (before + 1);
            spread += square - (sum * sum / pixels) + (delta * delta * pixels * before / (before + 1));
        }

        double deviation = Math.Sqrt((spread / (pixels * width)) + job->Eps);
        float* pivots = job->Scales + ((long)image * 3 * job->Channels), scales = pivots + job->Channels, shifts = scales + job->Channels;
        for (int c = from; c < from + width; c++)
        {
            double scale = job->Weight[c] / deviation;
            pivots[c] = Pivot(job, image, c);
            scales[c] = (float)scale;
            shifts[c] = (float)(job->Bias[c] + ((pivots[c] - mean) * scale));
        }
    }

    private static float Pivot(Job* job, int image, int c)
    {
        int one = job->Channels1, two = job->Channels - one;
        return c < one ? job->X[((long)image * job->Pixels * one) + c] : job->X2[((long)image * job->Pixels * two) + c - one];
    }

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

    private static void NormaliseRow<TActivation>(float* y, float* x, int channels, float* pivots, int stride) where TActivation : struct, IActivation
    {
        float* scales = pivots + stride, shifts = scales + stride;
        int c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var v = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(pivots + c)), TSimd.Load(scales + c), TSimd.Load(shifts + c));
            TSimd.Store(TActivation.Of<TSimd, TVector>(v), y + c);
        }

        for (; c < channels; c++)
            y[c] = TSimd.First(TActivation.Of<TSimd, TVector>(TSimd.Create(float.MultiplyAddEstimate(x[c] - pivots[c], scales[c], shifts[c]))));
    }

    private struct Job
    {
        public float* Y, X, X2, Weight, Bias, Sums, Scales;
        public int Pixels, Channels, Channels1, Chunk, Chunks, Groups;
        public float Eps;
    }
}
