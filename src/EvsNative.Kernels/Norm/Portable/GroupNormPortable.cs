using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Group normalisation with scale, shift and activation, over one input or two read as one along the channels.
/// <code>
/// groups image x chunk of pixels x block of 64 channels for the moments; image x norm group to merge them; image x 16 to 128 pixels x
///        block to normalise
/// reads  x twice (moments, normalisation), the chunks' moments once
/// writes y once
/// floor  3 * N*H*W*C * 4 bytes over memory bandwidth; a thread moves 16 bytes at once and has four such accesses under way
/// </code>
/// All is float32, and no cancellation is left in it. A channel's pivot is its first pixel; it leaves x before x is scaled, so a mean far
/// larger than the deviation costs nothing. A thread's sums are of x less the first value that it meets, so that an outlier in one place
/// disturbs no other's. Means and squared deviations are merged, not sums of squares, in one order, and means less one of them (the
/// origin). The passes over the input run once for each of two inputs.
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
        bool isAligned =
            Packs.IsAligned(y) && Packs.IsAligned(x) && Packs.IsAligned(x2) && Packs.IsAligned(weight) && Packs.IsAligned(bias);

        // A power of two divides both inputs' channels where it divides the bits that either has.
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, x.Shape.C | (x2?.Shape.C ?? 0), isAligned);
        var plan = GroupNormPlanPortable.For(caps ?? gpu.Caps, shape, width);
        var pack = Packs.Of(y.Type, width);
        var mark = scratch.Here();
        int runs = call.Moments?.Shape.H ?? 0;
        if (runs > 0) plan = plan with { Chunk = ChannelMoments.Run, Chunks = runs };
        var moments = (call.Moments ?? scratch.Rent(plan.Moments(shape), ElementType.Float32)).Operand();
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
            HasPivots = 1,
        };
        if (call.Moments is null)
        {
            var read = _moments.Get(plan.Threads, pack, plan.Tile);
            read.Launch(plan.MomentGroups(shape.N, x.Shape.C), pass);
            if (x2 is { } more) read.Launch(plan.MomentGroups(shape.N, more.Shape.C), Second(pass, x, more));
        }

        var merge = new MergeArgs
        {
            Moments = moments,
            Scales = scales,
            Weight = weight.Operand(),
            Bias = bias.Operand(),
            Pixels = runs > 0 ? runs * ChannelMoments.Run : shape.Pixels,
            Channels = shape.C,
            Chunk = plan.Chunk,
            Chunks = plan.Chunks,
            NormGroups = groups,
            HasPivots = call.Moments is null ? 1 : 0,
            Eps = eps,
        };
        _merge.Get(MergeSize).Launch(new Groups(checked(shape.N * groups)), merge);
        var form = _normalise.Get(plan.Threads, pack, plan.Tile, activation.Policy());
        form.Launch(plan.StepGroups(shape.N, x.Shape.C), pass);
        if (x2 is { } last) form.Launch(plan.StepGroups(shape.N, last.Shape.C), Second(pass, x, last));
        scratch.Release(mark);
    }

    /// <summary>Leaves the <see cref="ChannelMoments"/> of a tensor.</summary>
    public void Leave(Tensor y, Tensor moments)
    {
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, Packs.IsAligned(y));
        var plan = GroupNormPlanPortable.For(caps ?? gpu.Caps, y.Shape, width).Runs(y.Shape);
        var pass = new PassArgs
        {
            Y = y.Operand(),
            X = y.Operand(),
            Moments = moments.Operand(),
            Scales = moments.Operand(),
            Pixels = y.Shape.Pixels,
            Channels = y.Shape.C,
            AllChannels = y.Shape.C,
            Chunk = plan.Chunk,
            Chunks = plan.Chunks,
        };
        _moments.Get(plan.Threads, Packs.Of(y.Type, width), plan.Tile).Launch(plan.MomentGroups(y.Shape.N, y.Shape.C), pass);
    }

    private static PassArgs Second(PassArgs pass, Tensor x, Tensor x2) =>
        pass with { X = x2.Operand(), Channels = x2.Shape.C, FirstChannel = x.Shape.C };

    /// <summary>Mean (less the pivot, if there is one) and squared deviations of every channel of a chunk.</summary>
    private static void MomentsKernel<TPack, TTile>(PassArgs args)
        where TPack : struct, IPack
        where TTile : struct, IGroupNormTile
    {
        // A place for each thread's moments of each of its channels: neighbouring channels lie in different banks.
        var means = SharedMemory.Allocate<float>(TPack.Count * Stride<TPack, TTile>());
        var deviations = SharedMemory.Allocate<float>(TPack.Count * Stride<TPack, TTile>());
        var words = LocalMemory.Allocate<uint>(TTile.InFlight * TPack.Words);
        var origins = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        var sums = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        var squares = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        int thread = Group.IdxX, row = Row<TPack, TTile>(thread), lane = thread - (row * Lanes<TPack, TTile>());
        int first = Grid.IdxX * args.Chunk, count = IntrinsicMath.Min(args.Chunk, args.Pixels - first);

        // Threads beyond the channels or the pixels work on the last of them, and their results are not used.
        int read = IntrinsicMath.Min((Grid.IdxY * TTile.Channels) + (lane * TPack.Count), args.Channels - TPack.Count);
        long start = ((long)Grid.IdxZ * args.Pixels * args.Channels) + read, at = start + ((long)first * args.Channels);
        for (int c = 0; c < TPack.Count; c += 4)
        {
            sums[c / 4] = default;
            squares[c / 4] = default;
        }

        for (int i = 0; i < count; i += TTile.InFlight * Rows<TPack, TTile>())
        {
            for (int k = 0; k < TTile.InFlight; k++)
            {
                int pixel = IntrinsicMath.Min(i + (k * Rows<TPack, TTile>()) + row, count - 1);
                TPack.Load(words, k * TPack.Words, args.X, at + ((long)pixel * args.Channels));
            }

            for (int c = 0; c < TPack.Count; c += 4)
            {
                if (i == 0) origins[c / 4] = TPack.Widen(words, 0, c);
                for (int k = 0; k < TTile.InFlight; k++)
                {
                    var d = TPack.Widen(words, k * TPack.Words, c) - origins[c / 4];
                    if (i + (k * Rows<TPack, TTile>()) + row >= count) d = default;
                    sums[c / 4] += d;
                    squares[c / 4] += d * d;
                }
            }
        }

        float size = Share<TPack, TTile>(count, row, 1), inverse = size > 0 ? 1 / size : 0;
        TPack.Load(words, 0, args.X, start);
        for (int i = 0; i < TPack.Words; i++) words[i] = args.HasPivots != 0 ? words[i] : 0;
        for (int c = 0; c < TPack.Count; c += 4)
        {
            var mean = sums[c / 4] * inverse;
            Put<TPack, TTile>(means, c, origins[c / 4] - TPack.Widen(words, 0, c) + mean);
            Put<TPack, TTile>(deviations, c, squares[c / 4] - (sums[c / 4] * mean));
        }

        // From here on a thread has a channel: first some of its rows, which stay that thread's alone, then one thread all of these.
        Threads.Wait();
        int part = thread / TTile.Channels, channel = thread - (part * TTile.Channels);
        int place = (channel % TPack.Count * Stride<TPack, TTile>()) + (channel / TPack.Count);
        if (PartRows<TPack, TTile>() > 1)
        {
            Merge<TPack, TTile>(means, deviations, place, count, part * PartRows<TPack, TTile>(), PartRows<TPack, TTile>(), 1);
            Threads.Wait();
        }

        if (part > 0 || (Grid.IdxY * TTile.Channels) + channel >= args.Channels) return;
        Merge<TPack, TTile>(means, deviations, place, count, 0, Rows<TPack, TTile>(), PartRows<TPack, TTile>());
        long block = args.FirstChannel + ((long)Grid.IdxY * TTile.Channels) + channel;
        long to = ((((long)Grid.IdxZ * args.Chunks) + Grid.IdxX) * 2 * args.AllChannels) + block;
        Float32Element.Store(args.Moments, to, means[place]);
        Float32Element.Store(args.Moments, to + args.AllChannels, deviations[place]);
        if (Grid.IdxX > 0 | args.HasPivots == 0) return;
        float pivot = TPack.LoadOne(args.X, ((long)Grid.IdxZ * args.Pixels * args.Channels) + (Grid.IdxY * TTile.Channels) + channel);
        Float32Element.Store(args.Scales, ((long)Grid.IdxZ * 3 * args.AllChannels) + block, pivot);
    }

    /// <summary>Puts numbers of a thread's channels into their places.</summary>
    private static void Put<TPack, TTile>(ArrayView<float> memory, int c, Four values)
        where TPack : struct, IPack
        where TTile : struct, IGroupNormTile
    {
        var own = memory.SubView((c * Stride<TPack, TTile>()) + Group.IdxX);
        own[0] = values.A;
        if (TPack.Count < 4) return;
        own[Stride<TPack, TTile>()] = values.B;
        own[2 * Stride<TPack, TTile>()] = values.C;
        own[3 * Stride<TPack, TTile>()] = values.D;
    }

    /// <summary>Mean and squared deviations of rows, each of which stands for a step of them, in the place of the first.</summary>
    private static void Merge<TPack, TTile>(
        ArrayView<float> means, ArrayView<float> deviations, int place, int count, int firstRow, int rows, int step)
        where TPack : struct, IPack
        where TTile : struct, IGroupNormTile
    {
        place += firstRow * Lanes<TPack, TTile>();
        float pixels = Share<TPack, TTile>(count, firstRow, rows), mean = 0, deviation = 0;
        for (int row = 0; row < rows; row += step)
            mean += Share<TPack, TTile>(count, firstRow + row, step) * means[place + (row * Lanes<TPack, TTile>())];
        mean = pixels > 0 ? mean / pixels : 0;
        for (int row = 0; row < rows; row += step)
        {
            float apart = means[place + (row * Lanes<TPack, TTile>())] - mean;
            deviation += deviations[place + (row * Lanes<TPack, TTile>())]
                + (Share<TPack, TTile>(count, firstRow + row, step) * apart * apart);
        }

        means[place] = mean;
        deviations[place] = deviation;
    }

    /// <summary>Pixels of a chunk that are those of some rows.</summary>
    private static int Share<TPack, TTile>(int count, int firstRow, int rows)
        where TPack : struct, IPack
        where TTile : struct, IGroupNormTile
    {
        int whole = count / Rows<TPack, TTile>(), rest = count - (whole * Rows<TPack, TTile>()) - firstRow;
        return (whole * rows) + IntrinsicMath.Max(IntrinsicMath.Min(rest, rows), 0);
    }

    /// <summary>Threads side by side.</summary>
    private static int Lanes<TPack, TTile>() where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        TTile.Channels / TPack.Count;

    /// <summary>Pixels of a group at a time.</summary>
    private static int Rows<TPack, TTile>() where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        TTile.Threads / Lanes<TPack, TTile>();

    /// <summary>Rows that a thread merges first.</summary>
    private static int PartRows<TPack, TTile>() where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        Rows<TPack, TTile>() * TTile.Channels / TTile.Threads;

    /// <summary>From one channel of a pack to the next in shared memory.</summary>
    private static int Stride<TPack, TTile>() where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        TTile.Threads + (32 / TPack.Count);

    /// <summary>Pixels that a thread normalises.</summary>
    private static int Step<TPack, TTile>() where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        GroupNormPlanPortable.StepOf<TTile>(TPack.Count);

    private static int Row<TPack, TTile>(int thread) where TPack : struct, IPack where TTile : struct, IGroupNormTile =>
        Rows<TPack, TTile>() > 1 ? thread / Lanes<TPack, TTile>() : 0;

    /// <summary>Scale and shift of a norm group's channels from the moments of its chunks.</summary>
    private static void MergeKernel(MergeArgs args)
    {
        var shares = SharedMemory.Allocate<float>(MergeSize);
        int thread = Group.IdxX, image = Grid.IdxX / args.NormGroups, width = args.Channels / args.NormGroups;
        int from = (Grid.IdxX - (image * args.NormGroups)) * width;
        int chunksEach = MergeSize / width, channelsEach = MergeSize - (chunksEach * width);
        int firstChunk = thread / width, firstChannel = thread - (firstChunk * width);
        long pivots = ((long)image * 3 * args.Channels) + from, moments = (long)image * args.Chunks * 2 * args.Channels;
        float origin = args.HasPivots != 0 ? Pivot(args, pivots) : Float32Element.Load(args.Moments, moments + from), sum = 0;
        for (int k = firstChunk, c = firstChannel; k < args.Chunks;)
        {
            float apart = Pivot(args, pivots + c) - origin;
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
            float apart = Pivot(args, pivots + c) - origin + Float32Element.Load(args.Moments, at) - mean;
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

            // Without pivots the origin takes their place: it leaves x before x is scaled.
            float apart = args.HasPivots != 0 ? Pivot(args, pivots + c) - origin : 0;
            if (args.HasPivots == 0) Float32Element.Store(args.Scales, pivots + c, origin);
            Float32Element.Store(args.Scales, pivots + args.Channels + c, scale);
            float shift = Float32Element.Load(args.Bias, from + c) + ((apart - mean) * scale);
            Float32Element.Store(args.Scales, pivots + (2 * args.Channels) + c, shift);
        }
    }

    /// <summary>What a channel's means are less by: nothing where they are given.</summary>
    private static float Pivot(MergeArgs args, long at) => args.HasPivots != 0 ? Float32Element.Load(args.Scales, at) : 0;

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

    private static void NormaliseKernel<TPack, TTile, TActivation>(PassArgs args)
        where TPack : struct, IPack
        where TTile : struct, IGroupNormTile
        where TActivation : struct, IActivationChoice
    {
        var words = LocalMemory.Allocate<uint>(Step<TPack, TTile>() * TPack.Words);
        int thread = Group.IdxX, row = Row<TPack, TTile>(thread), lane = thread - (row * Lanes<TPack, TTile>());
        int c = (Grid.IdxY * TTile.Channels) + (lane * TPack.Count);
        int first = (Grid.IdxX * Step<TPack, TTile>() * Rows<TPack, TTile>()) + row;
        if (c >= args.Channels | first >= args.Pixels) return;
        long start = (long)Grid.IdxZ * args.Pixels, vector = ((long)Grid.IdxZ * 3 * args.AllChannels) + args.FirstChannel + c;

        // All are read before the first is written, since the compiler cannot know that they lie apart. Instead of what is behind the last
        // pixel a thread reads its own last again: others may be overwriting theirs.
        int last = args.Pixels - 1 - ((args.Pixels - 1 - first) % Rows<TPack, TTile>());
        for (int k = 0; k < Step<TPack, TTile>(); k++)
        {
            int pixel = IntrinsicMath.Min(first + (k * Rows<TPack, TTile>()), last);
            TPack.Load(words, k * TPack.Words, args.X, ((start + pixel) * args.Channels) + c);
        }

        for (int i = 0; i < TPack.Count; i += 4)
        {
            var pivot = Packs.Vector<TPack>(args.Scales, vector + i);
            var scale = Packs.Vector<TPack>(args.Scales, vector + args.AllChannels + i);
            var shift = Packs.Vector<TPack>(args.Scales, vector + (2 * args.AllChannels) + i);
            for (int k = 0; k < Step<TPack, TTile>(); k++)
            {
                var value = ((TPack.Widen(words, k * TPack.Words, i) - pivot) * scale) + shift;
                TPack.Narrow(words, k * TPack.Words, i, KernelMath.Activate(value, TActivation.Value));
            }
        }

        for (int k = 0; k < Step<TPack, TTile>(); k++)
        {
            int pixel = first + (k * Rows<TPack, TTile>());
            if (pixel < args.Pixels)
                TPack.Store(args.Y, ((start + pixel) * args.AllChannels) + args.FirstChannel + c, words, k * TPack.Words);
        }
    }

    private struct PassArgs
    {
        public Operand Y, X, Moments, Scales;
        public int Pixels, Channels, AllChannels, FirstChannel, Chunk, Chunks, HasPivots;
    }

    private struct MergeArgs
    {
        public Operand Moments, Scales, Weight, Bias;
        public int Pixels, Channels, Chunk, Chunks, NormGroups, HasPivots;
        public float Eps;
    }
}
