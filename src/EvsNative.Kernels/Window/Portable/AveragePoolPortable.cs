using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Window;

/// <summary>
/// Means of 2 x 2 pixels.
/// <code>
/// groups 256 threads along a row of y x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  x once, writes y once: bound by memory
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class AveragePoolPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<AveragePoolCall>
{
    private const int GroupSize = 256;
    private const float Quarter = 0.25f;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(AveragePoolPortable));

    public void Run(in AveragePoolCall call)
    {
        var (y, x) = call;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            H = x.Shape.H,
            W = x.Shape.W,
            ToH = y.Shape.H,
            ToW = y.Shape.W,
            Packs = y.Shape.C / width,
        };
        var groups = new Groups(checked((y.Shape.W * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(4 * TPack.Words);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.Packs, c = at - (j * args.Packs);
        if (j >= args.ToW) return;
        long pixel = ((((long)Grid.IdxZ * args.H) + (2 * Grid.IdxY)) * args.W) + (2 * j);
        for (int k = 0; k < 4; k++)
        {
            long neighbour = pixel + (k / 2 * args.W) + (k % 2);
            TPack.Load(words, k * TPack.Words, args.X, ((neighbour * args.Packs) + c) * TPack.Count);
        }

        // Each is divided before they are added, so that a sum is not infinite where the mean is not.
        for (int i = 0; i < TPack.Count; i += 4)
        {
            var sum = TPack.Widen(words, 0, i) * Quarter;
            for (int k = 1; k < 4; k++) sum += TPack.Widen(words, k * TPack.Words, i) * Quarter;
            TPack.Narrow(words, 0, i, sum);
        }

        long to = ((((long)Grid.IdxZ * args.ToH) + Grid.IdxY) * args.ToW * args.Packs) + at;
        TPack.Store(args.Y, to * TPack.Count, words, 0);
    }

    private struct Args
    {
        public Operand Y, X;

        /// <summary>Sides of x, of y, and accesses of a pixel.</summary>
        public int H, W, ToH, ToW, Packs;
    }
}
