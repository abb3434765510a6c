using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Some channels of every pixel copied into some of another tensor.
/// <code>
/// groups 256 threads along a row x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  the channels that are copied, writes them once
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class CopyChannelsPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<CopyChannelsCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(CopyChannelsPortable));

    public void Run(in CopyChannelsCall call)
    {
        var (y, to, x, from, count) = call;

        // What divides all of them divides their bits together: an access is a power of two.
        int together = to | from | count | y.Shape.C | x.Shape.C;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, together, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            To = to / width,
            From = from / width,
            Packs = count / width,
            YPacks = y.Shape.C / width,
            XPacks = x.Shape.C / width,
            Height = y.Shape.H,
            Width = y.Shape.W,
        };
        var groups = new Groups(((y.Shape.W * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.Packs, c = at - (j * args.Packs);
        if (j >= args.Width) return;
        long row = ((((long)Grid.IdxZ * args.Height) + Grid.IdxY) * args.Width) + j;
        TPack.Load(words, 0, args.X, ((row * args.XPacks) + args.From + c) * TPack.Count);
        TPack.Store(args.Y, ((row * args.YPacks) + args.To + c) * TPack.Count, words, 0);
    }

    private struct Args
    {
        public Operand Y, X;
        public int To, From, Packs, YPacks, XPacks, Height, Width;
    }
}
