using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Window;

/// <summary>
/// Patches of images as rows.
/// <code>
/// groups 256 threads along a row of patches x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  x, a pixel once for each patch that it is in, mostly from the caches
/// writes y once: bound by memory
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class PatchesPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<PatchesCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(PatchesPortable));

    public void Run(in PatchesCall call)
    {
        var (y, x, geometry) = call;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, x.Shape.C, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Images = x.Shape.N,
            H = x.Shape.H,
            W = x.Shape.W,
            ToH = y.Shape.H,
            ToW = y.Shape.W,
            Packs = x.Shape.C / width,
            PatchPacks = y.Shape.C / width,
            KernelH = geometry.KernelH,
            KernelW = geometry.KernelW,
            Stride = geometry.Stride,
            Padding = geometry.Padding,
            Frames = geometry.Frames,
        };
        var groups = new Groups(checked((y.Shape.W * args.PatchPacks) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.PatchPacks, within = at - (j * args.PatchPacks);
        if (j >= args.ToW) return;
        int tap = within / args.Packs, c = within - (tap * args.Packs), line = tap / args.KernelW, t = line / args.KernelH;
        int image = (Grid.IdxZ * args.Frames) + t, row = (Grid.IdxY * args.Stride) + line - (t * args.KernelH) - args.Padding;
        int column = (j * args.Stride) + tap - (line * args.KernelW) - args.Padding;
        for (int i = 0; i < TPack.Words; i++) words[i] = 0;
        if (image < args.Images & row >= 0 & row < args.H & column >= 0 & column < args.W)
            TPack.Load(words, 0, args.X, ((((((long)image * args.H) + row) * args.W) + column) * args.Packs + c) * TPack.Count);
        long to = ((((long)Grid.IdxZ * args.ToH) + Grid.IdxY) * args.ToW * args.PatchPacks) + at;
        TPack.Store(args.Y, to * TPack.Count, words, 0);
    }

    private struct Args
    {
        public Operand Y, X;

        /// <summary>Sides of x, of y, and accesses of a pixel of each.</summary>
        public int Images, H, W, ToH, ToW, Packs, PatchPacks;

        public int KernelH, KernelW, Stride, Padding, Frames;
    }
}
