using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Window;

/// <summary>
/// Channels laid out as pixels.
/// <code>
/// groups 256 threads along a row of y x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  x once, writes y once: bound by memory
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class UnpatchesPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<UnpatchesCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(UnpatchesPortable));

    public void Run(in UnpatchesCall call)
    {
        var (y, x, scale) = call;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            H = x.Shape.H,
            W = x.Shape.W,
            Packs = y.Shape.C / width,
            Scale = scale,
        };
        var groups = new Groups(checked((y.Shape.W * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        int scale = args.Scale, at = (Grid.IdxX * GroupSize) + Group.IdxX, column = at / args.Packs, c = at - (column * args.Packs);
        if (column >= scale * args.W) return;
        int row = Grid.IdxY, i = row / scale, j = column / scale, tap = ((row - (i * scale)) * scale) + column - (j * scale);
        long pixel = (((((long)Grid.IdxZ * args.H) + i) * args.W) + j) * scale * scale;
        TPack.Load(words, 0, args.X, (((pixel + tap) * args.Packs) + c) * TPack.Count);
        long to = ((((long)Grid.IdxZ * args.H * scale) + row) * args.W * scale * args.Packs) + at;
        TPack.Store(args.Y, to * TPack.Count, words, 0);
    }

    private struct Args
    {
        public Operand Y, X;

        /// <summary>Sides of x, accesses of a pixel of y, and pixels of it across one of x.</summary>
        public int H, W, Packs, Scale;
    }
}
