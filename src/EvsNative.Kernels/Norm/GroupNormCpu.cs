using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Group normalisation with scale, shift and activation, over one input or two read as one along the channels.
/// <code>
/// items  where a slice of an image's channels fits the second cache: image x slice, from the sums to the result. Otherwise image x chunk of
///        pixels for the sums, image x group for the moments, image x chunk again to normalise. Both give the same bits
/// reads  x once from memory in slices, twice in chunks; weight and bias once per image
/// writes y once
/// floor  2 (3 in chunks) * N*H*W*C * 4 bytes over memory bandwidth
/// </code>
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
            int slice = GroupNormPlan.GroupsPerSlice(shape, groups, workers.Count);
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
                GroupsPerSlice = slice,
                Slices = slice > 0 ? (groups + slice - 1) / slice : 0,
                Eps = eps,
            };
            switch (activation)
            {
                case Activation.Silu: Run<SiluActivation>(ref job, shape.N); break;
                case Activation.QuickGelu: Run<QuickGeluActivation>(ref job, shape.N); break;
                case Activation.Gelu: Run<GeluActivation>(ref job, shape.N); break;
                default: Run<NoActivation>(ref job, shape.N); break;
            }
        }
        finally
        {
            scratch.Release(mark);
        }
    }

    private void Run<TActivation>(ref Job job, int images) where TActivation : struct, IActivation
    {
        if (job.Slices > 0)
        {
            workers.Run(ref job, images * job.Slices, &SliceItem<TActivation>);
            return;
        }

        workers.Run(ref job, images * job.Chunks, &SumItem);
        workers.Run(ref job, images * job.Groups, &MergeItem);
        workers.Run(ref job, images * job.Chunks, &NormaliseItem<TActivation>);
    }

    private static void SumItem(Job* job, int item, int worker) => Sum(job, item, 0, job->Channels);

    private static void MergeItem(Job* job, int item, int worker) => Merge(job, item / job->Groups, item % job->Groups);

    private static void NormaliseItem<TActivation>(Job* job, int item, int worker)
        where TActivation : struct, IActivation => Normalise<TActivation>(job, item, 0, job->Channels);

    private static void SliceItem<TActivation>(Job* job, int item, int worker) where TActivation : struct, IActivation
    {
        int image = item / job->Slices, first = item % job->Slices * job->GroupsPerSlice, width = job->Channels / job->Groups;
        int last = Math.Min(first + job->GroupsPerSlice, job->Groups), chunk = image * job->Chunks;
        for (int k = 0; k < job->Chunks; k++) Sum(job, chunk + k, first * width, last * width);
        for (int group = first; group < last; group++) Merge(job, image, group);

        // Backwards: what was read last is still in the cache, and what is written pushes out what is not needed any more.
        for (int k = job->Chunks - 1; k >= 0; k--) Normalise<TActivation>(job, chunk + k, first * width, last * width);
    }

    /// <summary>Sums of a chunk, chunks counted through all images, for channels <paramref name="from"/> .. <paramref name="to"/> - 1.</summary>
    private static void Sum(Job* job, int chunk, int from, int to)
    {
        int image = chunk / job->Chunks, first = chunk % job->Chunks * job->Chunk, count = Math.Min(job->Chunk, job->Pixels - first);
        float* sums = job->Sums + ((long)chunk * 2 * job->Channels), squares = sums + job->Channels;
        int one = job->Channels1, two = job->Channels - one, middle = Math.Clamp(one, from, to);
        SumChannels(job->X + ((long)image * job->Pixels * one), one, first, count, from, middle, sums, squares);
        if (to > middle) SumChannels(job->X2 + ((long)image * job->Pixels * two), two, first, count, middle - one, to - one, sums + one, squares + one);
    }

    /// <summary>Sums down the pixels, four vectors of channels at a time in registers.</summary>
    private static void SumChannels(float* image, int channels, int first, int count, int from, int to, float* sums, float* squares)
    {
        float* chunk = image + ((long)first * channels);
        int width = TSimd.Count, c = from;
        for (; c + (4 * width) <= to; c += 4 * width)
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

        for (; c + width <= to; c += width)
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

        for (; c < to; c++)
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
    private static void Merge(Job* job, int image, int group)
    {
        int width = job->Channels / job->Groups, from = group * width;
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

    /// <summary>Results of a chunk, chunks counted through all images, for channels <paramref name="from"/> .. <paramref name="to"/> - 1.</summary>
    private static void Normalise<TActivation>(Job* job, int chunk, int from, int to) where TActivation : struct, IActivation
    {
        int image = chunk / job->Chunks, first = chunk % job->Chunks * job->Chunk, count = Math.Min(job->Chunk, job->Pixels - first);
        int one = job->Channels1, two = job->Channels - one, middle = Math.Clamp(one, from, to);
        float* scales = job->Scales + ((long)image * 3 * job->Channels);
        for (long row = ((long)image * job->Pixels) + first, end = row + count; row < end; row++)
        {
            float* y = job->Y + (row * job->Channels);
            NormaliseRow<TActivation>(y, job->X + (row * one), from, middle, scales, job->Channels);
            if (to > middle) NormaliseRow<TActivation>(y + one, job->X2 + (row * two), middle - one, to - one, scales + one, job->Channels);
        }
    }

    private static void NormaliseRow<TActivation>(float* y, float* x, int from, int to, float* pivots, int stride) where TActivation : struct, IActivation
    {
        float* scales = pivots + stride, shifts = scales + stride;
        int c = from;
        for (; c + TSimd.Count <= to; c += TSimd.Count)
        {
            var v = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(pivots + c)), TSimd.Load(scales + c), TSimd.Load(shifts + c));
            TSimd.Store(TActivation.Of<TSimd, TVector>(v), y + c);
        }

        for (; c < to; c++)
            y[c] = TSimd.First(TActivation.Of<TSimd, TVector>(TSimd.Create(float.MultiplyAddEstimate(x[c] - pivots[c], scales[c], shifts[c]))));
    }

    private struct Job
    {
        public float* Y, X, X2, Weight, Bias, Sums, Scales;
        public int Pixels, Channels, Channels1, Chunk, Chunks, Groups, GroupsPerSlice, Slices;
        public float Eps;
    }
}
