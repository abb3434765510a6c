using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Layer normalisation of rows, with a vector per image added (the frames' positions).
/// <code>
/// groups 4 to 32 rows, 8 to 64 threads for each; on a processor 16 rows and one thread
/// reads  x once (most elements stay in registers, those of longer rows come again from the cache), weight, bias, perImage
/// writes y once
/// floor  2 * rows*C * 4 bytes over memory bandwidth; a thread moves 16 bytes at once and has five such accesses under way
/// </code>
/// The mean first, then the deviations from it, both of x less the row's first element: a mean far larger than the deviation costs nothing.
/// Each thread of a row adds up the sums of all, four at a time, in one order.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class LayerNormPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<LayerNormCall>
{
    // Rows of a group on a processor, and sums of a row there that are lanes of its vectors.
    private const int LineRows = 16, LineLanes = 16;

    private readonly KernelVariants<Args> _tiles = new(gpu, typeof(LayerNormPortable));
    private readonly KernelVariants<Args> _lines = new(gpu, typeof(LayerNormPortable), nameof(LineKernel));

    public void Run(in LayerNormCall call)
    {
        var (y, x, weight, bias, eps, perImage) = call;
        bool isAligned =
            Packs.IsAligned(y) && Packs.IsAligned(x) && Packs.IsAligned(weight) && Packs.IsAligned(bias) && Packs.IsAligned(perImage);
        int width = Packs.Width(caps ?? gpu.Caps, x.Type, x.Shape.C, isAligned);
        var plan = LayerNormPlanPortable.For(x.Shape.C, width);
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Weight = weight.Operand(),
            Bias = bias.Operand(),
            PerImage = perImage.Operand(weight),
            Vectors = perImage?.Shape.N ?? 0,
            Rows = checked((int)x.Shape.Rows),
            Pixels = x.Shape.Pixels,
            Channels = x.Shape.C,
            Eps = eps,
        };
        if ((caps ?? gpu.Caps).IsProcessor)
        {
            _lines.Get(threads: 1, x.Type.Policy()).Launch(new Groups((args.Rows + LineRows - 1) / LineRows), args);
            return;
        }

        var groups = new Groups((args.Rows + plan.Rows - 1) / plan.Rows);
        _tiles.Get(plan.Threads, Packs.Of(x.Type, width), plan.Tile).Launch(groups, args);
    }

    private static void Kernel<TPack, TTile>(Args args)
        where TPack : struct, IPack
        where TTile : struct, ILayerNormTile
    {
        var means = SharedMemory.Allocate<Four>(TTile.Lanes * TTile.Rows / 4);
        var deviations = SharedMemory.Allocate<Four>(TTile.Lanes * TTile.Rows / 4);
        var kept = SharedMemory.Allocate<FourWords>(TTile.Kept * TTile.Lanes * TTile.Rows / TPack.PlacesEach);
        var words = LocalMemory.Allocate<uint>(TTile.Kept * TPack.Words);
        int thread = Group.IdxX, local = TTile.Rows > 1 ? thread / TTile.Lanes : 0, lane = thread - (local * TTile.Lanes);
        int step = TTile.Lanes * TPack.Count, own = lane * TPack.Count, last = args.Channels - TPack.Count;

        // The rows' threads beyond the last row work on it too, and write nothing.
        long row = ((long)Grid.IdxX * TTile.Rows) + local, at = IntrinsicMath.Min(row, args.Rows - 1) * args.Channels;
        for (int k = 0; k < TTile.Kept; k++)
            TPack.Load(words, k * TPack.Words, args.X, at + IntrinsicMath.Min(own + (k * step), last));
        float origin = TPack.LoadOne(args.X, at), sum = 0;
        for (int k = 0; k < TTile.Kept; k++)
        {
            // A thread's own place: nobody else reads it.
            TPack.Keep(kept, (k * TTile.Lanes * TTile.Rows) + thread, words, k * TPack.Words);
            float share = Sum<TPack>(words, k * TPack.Words, origin);
            sum += own + (k * step) <= last ? share : 0;
        }

        for (int c = own + (TTile.Kept * step); c <= last; c += step)
        {
            TPack.Load(words, 0, args.X, at + c);
            sum += Sum<TPack>(words, 0, origin);
        }

        float mean = Total<TTile>(means, sum) / args.Channels;
        sum = 0;
        for (int c = own; c <= last; c += step)
        {
            Recall<TPack, TTile>(words, kept, args, at, c);
            for (int i = 0; i < TPack.Count; i += 4)
            {
                var d = TPack.Widen(words, 0, i) - origin - mean;
                sum += TPack.Count < 4 ? d.A * d.A : (d.A * d.A) + (d.B * d.B) + ((d.C * d.C) + (d.D * d.D));
            }
        }

        float scale = 1 / XMath.Sqrt((Total<TTile>(deviations, sum) / args.Channels) + args.Eps);
        if (row >= args.Rows) return;
        long added = args.Vectors > 0 ? row / args.Pixels % args.Vectors * args.Channels : 0;
        for (int c = own; c <= last; c += step)
        {
            Recall<TPack, TTile>(words, kept, args, at, c);
            for (int i = 0; i < TPack.Count; i += 4)
            {
                var normal = (TPack.Widen(words, 0, i) - origin - mean) * scale;
                var value = (normal * Packs.Vector<TPack>(args.Weight, c + i)) + Packs.Vector<TPack>(args.Bias, c + i);
                if (args.Vectors > 0) value += Packs.Vector<TPack>(args.PerImage, added + c + i);
                TPack.Narrow(words, 0, i, value);
            }

            TPack.Store(args.Y, at + c, words, 0);
        }
    }

    /// <summary>The sum of what was read, less the origin.</summary>
    private static float Sum<TPack>(ArrayView<uint> words, int at, float origin)
        where TPack : struct, IPack
    {
        float sum = 0;
        for (int i = 0; i < TPack.Count; i += 4)
        {
            var d = TPack.Widen(words, at, i) - origin;
            sum += TPack.Count < 4 ? d.A : d.A + d.B + (d.C + d.D);
        }

        return sum;
    }

    /// <summary>Elements of a row: from where the thread keeps them, or from the row where they are further behind.</summary>
    private static void Recall<TPack, TTile>(ArrayView<uint> words, ArrayView<FourWords> kept, Args args, long at, int c)
        where TPack : struct, IPack
        where TTile : struct, ILayerNormTile
    {
        int k = c / (TTile.Lanes * TPack.Count);
        if (k < TTile.Kept) TPack.Recall(words, 0, kept, (k * TTile.Lanes * TTile.Rows) + Group.IdxX);
        else TPack.Load(words, 0, args.X, at + c);
    }

    /// <summary>The sum of the shares of a row's threads, for each of them.</summary>
    private static float Total<TTile>(ArrayView<Four> shares, float share)
        where TTile : struct, ILayerNormTile
    {
        int thread = Group.IdxX;
        shares.Cast<float>()[thread] = share;
        Threads.Wait();
        var row = shares.SubView(TTile.Rows > 1 ? thread / TTile.Lanes * (TTile.Lanes / 4) : 0);
        float a = 0, b = 0, c = 0, d = 0;
        for (int i = 0; i < TTile.Lanes / 4; i++)
        {
            var four = row[i];
            a += four.A;
            b += four.B;
            c += four.C;
            d += four.D;
        }

        return a + b + (c + d);
    }

    /// <summary>
    /// For processors that run OpenCL: their compilers make vectors of a thread's innermost loops, and of no sum whose order they would
    /// change.
    /// </summary>
    private static void LineKernel<TX>(Args args)
        where TX : struct, IElement
    {
        var sums = LocalMemory.Allocate<float>(LineLanes);
        int whole = args.Channels / LineLanes * LineLanes;
        for (int i = 0; i < LineRows; i++)
        {
            long row = ((long)Grid.IdxX * LineRows) + i, at = row * args.Channels;
            if (row >= args.Rows) return;
            float origin = TX.Load(args.X, at), mean = 0, deviation = 0;
            for (int lane = 0; lane < LineLanes; lane++) sums[lane] = 0;
            for (int c = 0; c < whole; c += LineLanes)
            {
                for (int lane = 0; lane < LineLanes; lane++) sums[lane] += TX.Load(args.X, at + c + lane) - origin;
            }

            for (int c = whole; c < args.Channels; c++) mean += TX.Load(args.X, at + c) - origin;
            for (int lane = 0; lane < LineLanes; lane++) mean += sums[lane];
            mean /= args.Channels;
            for (int lane = 0; lane < LineLanes; lane++) sums[lane] = 0;
            for (int c = 0; c < whole; c += LineLanes)
            {
                for (int lane = 0; lane < LineLanes; lane++)
                {
                    float d = TX.Load(args.X, at + c + lane) - origin - mean;
                    sums[lane] += d * d;
                }
            }

            for (int c = whole; c < args.Channels; c++)
            {
                float d = TX.Load(args.X, at + c) - origin - mean;
                deviation += d * d;
            }

            for (int lane = 0; lane < LineLanes; lane++) deviation += sums[lane];
            float scale = 1 / XMath.Sqrt((deviation / args.Channels) + args.Eps);
            long added = args.Vectors > 0 ? row / args.Pixels % args.Vectors * args.Channels : 0;
            for (int c = 0; c < args.Channels; c++)
            {
                float normal = (TX.Load(args.X, at + c) - origin - mean) * scale;
                float value = (normal * Float32Element.Load(args.Weight, c)) + Float32Element.Load(args.Bias, c);
                TX.Store(args.Y, at + c, args.Vectors > 0 ? value + Float32Element.Load(args.PerImage, added + c) : value);
            }
        }
    }

    private struct Args
    {
        public Operand Y, X, Weight, Bias, PerImage;
        public int Rows, Vectors, Pixels, Channels;
        public float Eps;
    }
}
