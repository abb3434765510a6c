using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Layer normalisation of rows, with a vector per image added (the frames' positions).
/// <code>
/// groups 1 to 8 rows, 16 to 256 threads for each
/// reads  x once (most elements stay in registers, those of longer rows come again from the cache), weight, bias, perImage
/// writes y once
/// floor  2 * rows*C * 4 bytes over memory bandwidth
/// </code>
/// The mean first, then the deviations from it, both of x less the row's first element: a mean far larger than the deviation costs nothing.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class LayerNormPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<LayerNormCall>
{
    // Partial sums of a row, merged by each of its threads.
    private const int Partials = 16;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(LayerNormPortable));

    public void Run(in LayerNormCall call)
    {
        var (y, x, weight, bias, eps, perImage) = call;
        var plan = LayerNormPlanPortable.For(caps ?? gpu.Caps, x.Shape.C);
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
        var groups = new Groups((args.Rows + plan.Rows - 1) / plan.Rows);
        _variants.Get(plan.Threads, x.Type.Policy(), plan.Tile).Launch(groups, args);
    }

    private static void Kernel<TX, TTile>(Args args)
        where TX : struct, IElement
        where TTile : struct, ILayerNormTile
    {
        var shares = SharedMemory.Allocate<float>(TTile.Lanes * TTile.Rows);
        var partials = SharedMemory.Allocate<float>(TTile.Rows * Partials);
        var kept = LocalMemory.Allocate<float>(TTile.Kept);
        int thread = Group.IdxX, local = TTile.Rows > 1 ? thread / TTile.Lanes : 0, lane = thread - (local * TTile.Lanes);

        // The rows' threads beyond the last row work on it too, and write nothing.
        long row = ((long)Grid.IdxX * TTile.Rows) + local, at = IntrinsicMath.Min(row, args.Rows - 1) * args.Channels;
        float origin = TX.Load(args.X, at), sum = 0;
        for (int k = 0; k < TTile.Kept; k++)
        {
            long c = lane + (k * TTile.Lanes);
            kept[k] = c < args.Channels ? TX.Load(args.X, at + c) - origin : 0;
            sum += kept[k];
        }

        for (int first = TTile.Kept * TTile.Lanes; first < args.Channels; first += TTile.Lanes)
        {
            long c = (long)first + lane;
            sum += c < args.Channels ? TX.Load(args.X, at + c) - origin : 0;
        }

        float mean = Total<TTile>(shares, partials, sum) / args.Channels;
        sum = 0;
        for (int k = 0; k < TTile.Kept; k++)
        {
            float d = lane + (k * TTile.Lanes) < args.Channels ? kept[k] - mean : 0;
            sum += d * d;
        }

        for (int first = TTile.Kept * TTile.Lanes; first < args.Channels; first += TTile.Lanes)
        {
            long c = (long)first + lane;
            float d = c < args.Channels ? TX.Load(args.X, at + c) - origin - mean : 0;
            sum += d * d;
        }

        float scale = 1 / XMath.Sqrt((Total<TTile>(shares, partials, sum) / args.Channels) + args.Eps);
        long added = args.Vectors > 0 ? row / args.Pixels % args.Vectors * args.Channels : 0;
        int channels = row < args.Rows ? args.Channels : 0;
        for (int k = 0; k < TTile.Kept; k++)
        {
            long c = lane + (k * TTile.Lanes);
            if (c < channels) TX.Store(args.Y, at + c, Result(args, c, added, (kept[k] - mean) * scale));
        }

        for (int first = TTile.Kept * TTile.Lanes; first < args.Channels; first += TTile.Lanes)
        {
            long c = (long)first + lane;
            if (c < channels) TX.Store(args.Y, at + c, Result(args, c, added, (TX.Load(args.X, at + c) - origin - mean) * scale));
        }
    }

    private static float Result(Args args, long c, long added, float normal)
    {
        float value = (normal * Float32Element.Load(args.Weight, c)) + Float32Element.Load(args.Bias, c);
        return args.Vectors > 0 ? value + Float32Element.Load(args.PerImage, added + c) : value;
    }

    /// <summary>The sum of the shares of a row's threads, for each of them.</summary>
    private static float Total<TTile>(ArrayView<float> shares, ArrayView<float> partials, float share)
        where TTile : struct, ILayerNormTile
    {
        int thread = Group.IdxX, local = TTile.Rows > 1 ? thread / TTile.Lanes : 0, lane = thread - (local * TTile.Lanes);
        shares[thread] = share;
        Threads.Wait();
        if (lane < Partials)
        {
            float sum = 0;
            for (int i = 0; i < TTile.Lanes / Partials; i++) sum += shares[thread + (i * Partials)];
            partials[(local * Partials) + lane] = sum;
        }

        Threads.Wait();
        float total = 0;
        for (int i = 0; i < Partials; i++) total += partials[(local * Partials) + i];
        return total;
    }

    private struct Args
    {
        public Operand Y, X, Weight, Bias, PerImage;
        public int Rows, Vectors, Pixels, Channels;
        public float Eps;
    }
}
