using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Group normalisation with scale, shift and activation, over one input or two read as one along the channels.
/// <code>
/// groups image x chunk of pixels x block of channels for the moments; image x norm group to merge them; image x 8 or 32 pixels x block to
///        normalise
/// reads  x twice (moments, normalisation), the chunks' moments once
/// writes y once
/// floor  3 * N*H*W*C * 4 bytes over memory bandwidth
/// </code>
/// All is float32, and no cancellation is left in it. A channel's pivot is its first pixel; it leaves x before x is scaled, so a mean far
/// larger than the deviation costs nothing. A thread's sums are of x less the first value that it meets, so that an outlier in one place
/// disturbs no other's. Means and squared deviations are merged, not sums of squares, in one order. The passes over the input run once for
/// each of two inputs.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="scratch">temporary memory</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class GroupNormPortable(GpuRuntime gpu, Scratch scratch, GpuCaps? caps = null) : IOperation<GroupNormCall>
{
    // Threads that merge the moments of a norm group.
    private const int MergeSize = 256;

    private readonly KernelVariants<PassArgs> _moments = new(gpu, typeof(GroupNormPortable), nameof(MomentsKernel));
    private readonly KernelVariants<MergeArgs> _merge = new(gpu, typeof(GroupNormPortable), nameof(MergeKernel));
    private readonly KernelVariants<PassArgs> _normalise = new(gpu, typeof(GroupNormPortable), nameof(NormaliseKernel));

    public void Run(in GroupNormCall call)
    {
        var (y, x, x2, weight, bias, groups, eps, activation) = call;
        var shape = y.Shape;
        var plan = GroupNormPlanPortable.For(caps ?? gpu.Caps, shape);
        var mark = scratch.Here();
        var moments = scratch.Rent(plan.Moments(shape), ElementType.Float32).Operand();
        var scales = scratch.Rent(GroupNormPlanPortable.Scales(shape), ElementType.Float32).Operand();
        var pass = new PassArgs
        {
            Y = y.Operand(),
            X = x.Operand(),
            Moments = moments,
            Scales = scales,
            Pixels = shape.Pixels,
            Channels = x.Shape.C,
            AllChannels = shape.C,
            Chunk = plan.Chunk,
            Chunks = plan.Chunks,
        };
        var form = _moments.Get(plan.Threads, y.Type.Policy(), plan.Tile);
        form.Launch(plan.MomentGroups(shape.N, x.Shape.C), pass);
        if (x2 is { } more) form.Launch(plan.MomentGroups(shape.N, more.Shape.C), Second(pass, x, more));
        var merge = new MergeArgs
        {
            Moments = moments,
            Scales = scales,
            Weight = weight.Operand(),
            Bias = bias.Operand(),
            Pixels = shape.Pixels,
            Channels = shape.C,
            Chunk = plan.Chunk,
            Chunks = plan.Chunks,
            NormGroups = groups,
            Eps = eps,
        };
        _merge.Get(MergeSize).Launch(new Groups(checked(shape.N * groups)), merge);
        form = _normalise.Get(plan.Threads, y.Type.Policy(), plan.Tile, activation.Policy());
        form.Launch(plan.StepGroups(shape.N, x.Shape.C), pass);
        if (x2 is { } last) form.Launch(plan.StepGroups(shape.N, last.Shape.C), Second(pass, x, last));
        scratch.Release(mark);
    }

    private static PassArgs Second(PassArgs pass, Tensor x, Tensor x2) =>
        pass with { X = x2.Operand(), Channels = x2.Shape.C, FirstChannel = x.Shape.C };

    /// <summary>Mean (less the pivot) and squared deviations of every channel of a chunk.</summary>
    private static void MomentsKernel<TX, TTile>(PassArgs args)
        where TX : struct, IElement
        where TTile : struct, IGroupNormTile
    {
        var means = SharedMemory.Allocate<float>(TTile.Lanes * TTile.Rows);
        var deviations = SharedMemory.Allocate<float>(TTile.Lanes * TTile.Rows);
        int thread = Group.IdxX, row = TTile.Rows > 1 ? thread / TTile.Lanes : 0, lane = thread - (row * TTile.Lanes);
        int image = Grid.IdxZ, chunk = Grid.IdxX, first = chunk * args.Chunk, count = IntrinsicMath.Min(args.Chunk, args.Pixels - first);

        // Threads beyond the channels or the pixels work on the last of them, and their results are not used.
        long c = ((long)Grid.IdxY * TTile.Lanes) + lane, read = IntrinsicMath.Min(c, args.Channels - 1);
        long start = ((long)image * args.Pixels * args.Channels) + read, at = start + ((long)first * args.Channels);
        float pivot = TX.Load(args.X, start);
        float origin = TX.Load(args.X, at + ((long)IntrinsicMath.Min(row, count - 1) * args.Channels)), sum = 0, square = 0;
        for (int i = 0; i < count; i += TTile.Rows)
        {
            int pixel = IntrinsicMath.Min(i + row, count - 1);
            float d = i + row < count ? TX.Load(args.X, at + ((long)pixel * args.Channels)) - origin : 0;
            sum += d;
            square += d * d;
        }

        float size = Share(count, row, TTile.Rows), mean = size > 0 ? sum / size : 0;
        means[thread] = origin - pivot + mean;
        deviations[thread] = square - (sum * mean);
        Threads.Wait();
        if (row > 0 || c >= args.Channels) return;
        mean = 0;
        for (int i = 0; i < TTile.Rows; i++) mean += Share(count, i, TTile.Rows) * means[(i * TTile.Lanes) + lane];
        mean /= count;
        float deviation = 0;
        for (int i = 0; i < TTile.Rows; i++)
        {
            float apart = means[(i * TTile.Lanes) + lane] - mean;
            deviation += deviations[(i * TTile.Lanes) + lane] + (Share(count, i, TTile.Rows) * apart * apart);
        }

        long to = ((((long)image * args.Chunks) + chunk) * 2 * args.AllChannels) + args.FirstChannel + c;
        Float32Element.Store(args.Moments, to, mean);
        Float32Element.Store(args.Moments, to + args.AllChannels, deviation);
        if (chunk == 0) Float32Element.Store(args.Scales, ((long)image * 3 * args.AllChannels) + args.FirstChannel + c, pivot);
    }

    /// <summary>How many of the pixels are this row's.</summary>
    private static int Share(int count, int row, int rows) => (count - row + rows - 1) / rows;

    /// <summary>Scale and shift of a norm group's channels from the moments of its chunks.</summary>
    private static void MergeKernel(MergeArgs args)
    {
        var shares = SharedMemory.Allocate<float>(MergeSize);
        int thread = Group.IdxX, image = Grid.IdxX / args.NormGroups, width = args.Channels / args.NormGroups;
        int from = (Grid.IdxX - (image * args.NormGroups)) * width;
        int chunksEach = MergeSize / width, channelsEach = MergeSize - (chunksEach * width);
        int firstChunk = thread / width, firstChannel = thread - (firstChunk * width);
        long pivots = ((long)image * 3 * args.Channels) + from, moments = (long)image * args.Chunks * 2 * args.Channels;
        float origin = Float32Element.Load(args.Scales, pivots), sum = 0;
        for (int k = firstChunk, c = firstChannel; k < args.Chunks;)
        {
            float apart = Float32Element.Load(args.Scales, pivots + c) - origin;
            sum += PixelsOf(args, k) * (Float32Element.Load(args.Moments, moments + (k * 2L * args.Channels) + from + c) + apart);
            c += channelsEach;
            k += chunksEach;
            if (c < width) continue;
            c -= width;
            k++;
        }

        float elements = (float)args.Pixels * width, mean = Total(shares, sum) / elements;
        sum = 0;
        for (int k = firstChunk, c = firstChannel; k < args.Chunks;)
        {
            long at = moments + (k * 2L * args.Channels) + from + c;
            float apart = Float32Element.Load(args.Scales, pivots + c) - origin + Float32Element.Load(args.Moments, at) - mean;
            sum += Float32Element.Load(args.Moments, at + args.Channels) + (PixelsOf(args, k) * apart * apart);
            c += channelsEach;
            k += chunksEach;
            if (c < width) continue;
            c -= width;
            k++;
        }

        float inverse = 1 / XMath.Sqrt((Total(shares, sum) / elements) + args.Eps);
        for (int c = thread; c < width; c += MergeSize)
        {
            float scale = Float32Element.Load(args.Weight, from + c) * inverse;
            float apart = Float32Element.Load(args.Scales, pivots + c) - origin;
            Float32Element.Store(args.Scales, pivots + args.Channels + c, scale);
            float shift = Float32Element.Load(args.Bias, from + c) + ((apart - mean) * scale);
            Float32Element.Store(args.Scales, pivots + (2 * args.Channels) + c, shift);
        }
    }

    private static int PixelsOf(MergeArgs args, int chunk) => IntrinsicMath.Min(args.Chunk, args.Pixels - (chunk * args.Chunk));

    /// <summary>The sum of all threads' shares, for each of them.</summary>
    private static float Total(ArrayView<float> shares, float share)
    {
        int thread = Group.IdxX;
        shares[thread] = share;
        Threads.Wait();
        for (int half = MergeSize / 2; half > 0; half /= 2)
        {
            if (thread < half) shares[thread] += shares[thread + half];
            Threads.Wait();
        }

        float total = shares[0];
        Threads.Wait();
        return total;
    }

    private static void NormaliseKernel<TX, TTile, TActivation>(PassArgs args)
        where TX : struct, IElement
        where TTile : struct, IGroupNormTile
        where TActivation : struct, IActivationChoice
    {
        var values = LocalMemory.Allocate<float>(TTile.PerThread);
        int thread = Group.IdxX, row = TTile.Rows > 1 ? thread / TTile.Lanes : 0, lane = thread - (row * TTile.Lanes);
        long c = ((long)Grid.IdxY * TTile.Lanes) + lane;
        if (c >= args.Channels) return;
        int image = Grid.IdxZ, first = Grid.IdxX * TTile.PerThread * TTile.Rows;
        long scales = ((long)image * 3 * args.AllChannels) + args.FirstChannel + c, start = (long)image * args.Pixels;
        float pivot = Float32Element.Load(args.Scales, scales), scale = Float32Element.Load(args.Scales, scales + args.AllChannels);
        float shift = Float32Element.Load(args.Scales, scales + (2 * args.AllChannels));

        // All are read before the first is written, since the compiler cannot know that they lie apart.
        for (int k = 0; k < TTile.PerThread; k++)
        {
            int pixel = IntrinsicMath.Min(first + row + (k * TTile.Rows), args.Pixels - 1);
            values[k] = TX.Load(args.X, ((start + pixel) * args.Channels) + c);
        }

        for (int k = 0; k < TTile.PerThread; k++)
        {
            int pixel = first + row + (k * TTile.Rows);
            float value = KernelMath.Activate(((values[k] - pivot) * scale) + shift, TActivation.Value);
            if (pixel < args.Pixels) TX.Store(args.Y, ((start + pixel) * args.AllChannels) + args.FirstChannel + c, value);
        }
    }

    private struct PassArgs
    {
        public Operand Y, X, Moments, Scales;
        public int Pixels, Channels, AllChannels, FirstChannel, Chunk, Chunks;
    }

    private struct MergeArgs
    {
        public Operand Moments, Scales, Weight, Bias;
        public int Pixels, Channels, Chunk, Chunks, NormGroups;
        public float Eps;
    }
}
