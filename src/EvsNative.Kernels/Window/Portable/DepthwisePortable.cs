using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Window;

/// <summary>
/// A convolution of each channel by itself, through the images of a clip too.
/// <code>
/// groups 256 threads along a row x row x image; a thread has four pixels of the row and the channels that 16 bytes hold, or one
/// reads  a weight once for the four pixels, x by windows that overlap, both from the caches
/// writes y once
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class DepthwisePortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<DepthwiseCall>
{
    private const int GroupSize = 256;

    // Of a thread.
    private const int Pixels = 4;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(DepthwisePortable));

    public void Run(in DepthwiseCall call)
    {
        var (y, x, filter, bias, frames) = call;
        bool isAligned = Packs.IsAligned(y) && Packs.IsAligned(x) && Packs.IsAligned(filter) && Packs.IsAligned(bias);
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, isAligned);
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Filter = filter.Operand(),
            Bias = bias.Operand(),
            Frames = frames,
            H = x.Shape.H,
            W = x.Shape.W,
            Packs = x.Shape.C / width,
            KernelFrames = filter.Shape.N,
            KernelH = filter.Shape.H,
            KernelW = filter.Shape.W,
        };
        int tiles = (y.Shape.W + Pixels - 1) / Pixels;
        var groups = new Groups(checked((tiles * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        var weights = LocalMemory.Allocate<Four>(Parts<TPack>());
        var sums = LocalMemory.Allocate<Four>(Pixels * Parts<TPack>());
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, tile = at / args.Packs, c = at - (tile * args.Packs), j = tile * Pixels;
        if (j >= args.W) return;
        int image = Grid.IdxZ, frame = image - (image / args.Frames * args.Frames);
        for (int p = 0; p < Pixels; p++)
            for (int i = 0; i < Parts<TPack>(); i++) sums[(p * Parts<TPack>()) + i] = Vector<TPack>(args.Bias, c, i);

        for (int t = 0; t < args.KernelFrames; t++)
        {
            int step = t - (args.KernelFrames / 2);
            if (frame + step < 0 | frame + step >= args.Frames) continue;
            for (int u = 0; u < args.KernelH; u++)
            {
                int row = Grid.IdxY + u - (args.KernelH / 2);
                if (row < 0 | row >= args.H) continue;
                long source = ((((long)image + step) * args.H) + row) * args.W;
                int tap = ((t * args.KernelH) + u) * args.KernelW;
                for (int v = 0; v < args.KernelW; v++)
                {
                    int column = j + v - (args.KernelW / 2);
                    for (int i = 0; i < Parts<TPack>(); i++)
                        weights[i] = Vector<TPack>(args.Filter, ((long)(tap + v) * args.Packs) + c, i);
                    for (int p = 0; p < Pixels; p++)
                    {
                        if (column + p < 0 | column + p >= args.W) continue;
                        TPack.Load(words, 0, args.X, (((source + column + p) * args.Packs) + c) * TPack.Count);
                        for (int i = 0; i < Parts<TPack>(); i++)
                            sums[(p * Parts<TPack>()) + i] += TPack.Widen(words, 0, 4 * i) * weights[i];
                    }
                }
            }
        }

        long to = (((((long)image * args.H) + Grid.IdxY) * args.W) + j) * args.Packs;
        for (int p = 0; p < Pixels; p++)
        {
            if (j + p >= args.W) continue;
            for (int i = 0; i < Parts<TPack>(); i++) TPack.Narrow(words, 0, 4 * i, sums[(p * Parts<TPack>()) + i]);
            TPack.Store(args.Y, (to + ((long)p * args.Packs) + c) * TPack.Count, words, 0);
        }
    }

    /// <summary>Fours of an access; one where it is a single number.</summary>
    private static int Parts<TPack>() where TPack : struct, IPack => (TPack.Count + 3) / 4;

    /// <summary>Four of the float32 numbers that belong to an access.</summary>
    private static Four Vector<TPack>(Operand vector, long access, int four) where TPack : struct, IPack =>
        Packs.Vector<TPack>(vector, (access * TPack.Count) + (4 * four));

    private struct Args
    {
        public Operand Y, X, Filter, Bias;

        /// <summary>Of a clip, of a picture, and accesses of a pixel.</summary>
        public int Frames, H, W, Packs;

        public int KernelFrames, KernelH, KernelW;
    }
}
