using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Norm;

/// <summary>
/// Layer normalisation of rows, with a vector per image added (the frames' positions).
/// <code>
/// groups 1 to 8 rows, 32 to 256 threads for each
/// reads  x once (its first 8 elements per thread stay in registers; longer rows come again from the cache), weight, bias, perImage
/// writes y once
/// floor  2 * rows*C * 4 bytes over memory bandwidth
/// </code>
/// The mean first, then the deviations from it, both of x less the row's first element: a mean far larger than the deviation costs nothing.
/// </summary>
internal sealed class LayerNormPortable(GpuRuntime gpu)
{
    private const int GroupSize = 256;

    // Elements of a row that a thread keeps.
    private const int Kept = 8;

    // Partial sums of a row, merged by each of its threads.
    private const int Partials = 16;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(LayerNormPortable));

    public void Run(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage)
    {
        int lanes = Lanes(x.Shape.C), rows = GroupSize / lanes;
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Weight = weight.Operand(),
            Bias = bias.Operand(),
            PerImage = perImage.Operand(weight),
            Vectors = perImage?.Shape.N ?? 0,
            Rows = x.Shape.Rows,
            Pixels = x.Shape.Pixels,
            Channels = x.Shape.C,
            Lanes = lanes,
            Eps = eps,
        };
        _variants.Get(GroupSize, x.Type.Policy()).Launch(new Groups(checked((int)((x.Shape.Rows + rows - 1) / rows))), args);
    }

    /// <summary>Threads of a row, a power of two: enough to keep it, if any number is.</summary>
    internal static int Lanes(int channels)
    {
        int lanes = 32;
        while (lanes < GroupSize && lanes * Kept < channels) lanes *= 2;
        return lanes;
    }

    private static void Kernel<TX>(Args args)
        where TX : struct, IElement
    {
        var shares = SharedMemory.Allocate<float>(GroupSize);
        var partials = SharedMemory.Allocate<float>(GroupSize);
        var kept = LocalMemory.Allocate<float>(Kept);
        int thread = Group.IdxX, local = thread / args.Lanes, lane = thread - (local * args.Lanes), kept0 = Kept * args.Lanes;
        long row = ((long)Grid.IdxX * (GroupSize / args.Lanes)) + local, at = IntrinsicMath.Min(row, args.Rows - 1) * args.Channels;
        float origin = TX.Load(args.X, at), sum = 0;
        for (int k = 0; k < Kept; k++)
        {
            int c = lane + (k * args.Lanes);
            kept[k] = c < args.Channels ? TX.Load(args.X, at + c) - origin : 0;
            sum += kept[k];
        }

        for (int c = lane + kept0; c < args.Channels; c += args.Lanes) sum += TX.Load(args.X, at + c) - origin;
        float mean = Total(shares, partials, sum, args.Lanes) / args.Channels;
        sum = 0;
        for (int k = 0; k < Kept; k++)
        {
            float d = lane + (k * args.Lanes) < args.Channels ? kept[k] - mean : 0;
            sum += d * d;
        }

        for (int c = lane + kept0; c < args.Channels; c += args.Lanes)
        {
            float d = TX.Load(args.X, at + c) - origin - mean;
            sum += d * d;
        }

        float scale = 1 / XMath.Sqrt((Total(shares, partials, sum, args.Lanes) / args.Channels) + args.Eps);
        if (row >= args.Rows) return;
        long added = args.Vectors > 0 ? row / args.Pixels % args.Vectors * args.Channels : 0;
        for (int k = 0; k < Kept; k++)
        {
            int c = lane + (k * args.Lanes);
            if (c < args.Channels) TX.Store(args.Y, at + c, Result(args, c, added, (kept[k] - mean) * scale));
        }

        for (int c = lane + kept0; c < args.Channels; c += args.Lanes)
            TX.Store(args.Y, at + c, Result(args, c, added, (TX.Load(args.X, at + c) - origin - mean) * scale));
    }

    private static float Result(Args args, int c, long added, float normal)
    {
        float value = (normal * Float32Element.Load(args.Weight, c)) + Float32Element.Load(args.Bias, c);
        return args.Vectors > 0 ? value + Float32Element.Load(args.PerImage, added + c) : value;
    }

    /// <summary>The sum of the shares of a row's threads, for each of them.</summary>
    private static float Total(ArrayView<float> shares, ArrayView<float> partials, float share, int lanes)
    {
        int thread = Group.IdxX, lane = thread & (lanes - 1), first = thread - lane;
        shares[thread] = share;
        Threads.Wait();
        if (lane < Partials)
        {
            float sum = 0;
            for (int i = lane; i < lanes; i += Partials) sum += shares[first + i];
            partials[first + lane] = sum;
        }

        Threads.Wait();
        float total = 0;
        for (int i = 0; i < Partials; i++) total += partials[first + i];
        return total;
    }

    private struct Args
    {
        public Operand Y, X, Weight, Bias, PerImage;
        public long Rows;
        public int Vectors, Pixels, Channels, Lanes;
        public float Eps;
    }
}
