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
/// deviation costs nothing. Where moments are given, they are merged in place of the sums, in double as well, and x is read once.
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
                Moments = call.Moments.Floats(),
                Sums = call.Moments is null ? scratch.Rent(GroupNormPlan.Sums(shape), ElementType.Float32).Floats() : null,
                Scales = scratch.Rent(GroupNormPlan.Scales(shape), ElementType.Float32).Floats(),
                Pixels = shape.Pixels,
                Channels = shape.C,
                Channels1 = x.Shape.C,
                Chunk = GroupNormPlan.Chunk(shape),
                Chunks = GroupNormPlan.Chunks(shape),
                Runs = call.Moments?.Shape.H ?? 0,
                Groups = groups,
                Eps = eps,
            };
            if (call.Moments is null)
            {
                workers.Run(ref job, shape.N * job.Chunks, &SumChunk);
                workers.Run(ref job, shape.N * groups, &MergeGroup);
            }
            else
            {
                workers.Run(ref job, shape.N * groups, &MergeMoments);
            }

            workers.Run(ref job, shape.N * job.Chunks, activation switch
            {
                Activation.Silu => &NormaliseChunk<SiluActivation>,
                Activation.QuickGelu => &NormaliseChunk<QuickGeluActivation>,
                Activation.Gelu => &NormaliseChunk<GeluActivation>,
                Activation.Relu => &NormaliseChunk<ReluActivation>,
                Activation.GeluTanh => &NormaliseChunk<GeluTanhActivation>,
                Activation.Sigmoid => &NormaliseChunk<SigmoidActivation>,
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
        float* origins = job->Sums + ((long)item * 3 * job->Channels), sums = origins + job->Channels, squares = sums + job->Channels;
        int one = job->Channels1, two = job->Channels - one;
        float* x = job->X + ((((long)image * job->Pixels) + first) * one);
        ChannelSums<TSimd, TVector>.Of(x, one, count, origins, sums, squares);
        if (two == 0) return;
        float* x2 = job->X2 + ((((long)image * job->Pixels) + first) * two);
        ChannelSums<TSimd, TVector>.Of(x2, two, count, origins + one, sums + one, squares + one);
    }

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
        Scale(job, image, from, mean, spread / elements);
    }

    /// <summary>The same from the moments that are given: their mean, then the deviations from it.</summary>
    private static void MergeMoments(Job* job, int item, int worker)
    {
        int image = item / job->Groups, width = job->Channels / job->Groups, from = item % job->Groups * width, stride = job->Channels;
        int runs = job->Runs;
        float* first = job->Moments + ((long)image * runs * 2 * stride) + from, last = first + (((long)runs - 1) * 2 * stride);
        double total = 0, spread = 0;
        for (float* means = first; means <= last; means += 2 * stride)
        {
            for (int c = 0; c < width; c++) total += means[c];
        }

        double mean = total / ((double)runs * width);
        for (float* means = first; means <= last; means += 2 * stride)
        {
            for (int c = 0; c < width; c++)
            {
                double apart = means[c] - mean;
                spread += means[stride + c] + (ChannelMoments.Run * apart * apart);
            }
        }

        Scale(job, image, from, mean, spread / ((double)runs * ChannelMoments.Run * width));
    }

    /// <summary>Mean, scale and shift of a group's channels.</summary>
    private static void Scale(Job* job, int image, int from, double mean, double variance)
    {
        int width = job->Channels / job->Groups, stride = job->Channels;
        double deviation = Math.Sqrt(variance + job->Eps);
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
        public float* Y, X, X2, Weight, Bias, Moments, Sums, Scales;
        public int Pixels, Channels, Channels1, Chunk, Chunks, Runs, Groups;
        public float Eps;
    }
}
