using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Two pictures by a mask.
/// <code>
/// groups 256 threads along a row x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  a, b and the mask once
/// writes y once
/// </code>
/// </summary>
/// <param name="gpu">where they run</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class BlendPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<BlendCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(BlendPortable));

    public void Run(in BlendCall call)
    {
        var (y, a, b, mask, channel) = call;
        var s = y.Shape;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, s.C, Packs.IsAligned(y) && Packs.IsAligned(a) && Packs.IsAligned(b));
        var args = new Args
        {
            Y = y.Operand(),
            A = a.Operand(),
            B = b.Operand(),
            Mask = mask.Operand(),
            Height = s.H,
            Width = s.W,
            Packs = s.C / width,
            MaskChannels = mask.Shape.C,
            Channel = channel,
        };
        var groups = new Groups(((s.W * args.Packs) + GroupSize - 1) / GroupSize, s.H, s.N);
        _variants.Get(GroupSize, y.Type.Policy(), Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TMask, TPack>(Args args)
        where TMask : struct, IElement
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(2 * TPack.Words);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.Packs;
        if (j >= args.Width) return;
        long pixel = (((long)Grid.IdxZ * args.Height) + Grid.IdxY) * args.Width, index = ((pixel * args.Packs) + at) * TPack.Count;
        float m = TMask.Load(args.Mask, ((pixel + j) * args.MaskChannels) + args.Channel), rest = 1 - m;
        TPack.Load(words, 0, args.A, index);
        TPack.Load(words, TPack.Words, args.B, index);
        for (int k = 0; k < TPack.Count; k += 4)
            TPack.Narrow(words, 0, k, (TPack.Widen(words, 0, k) * m) + (TPack.Widen(words, TPack.Words, k) * rest));
        TPack.Store(args.Y, index, words, 0);
    }

    private struct Args
    {
        public Operand Y, A, B, Mask;
        public int Height, Width, Packs, MaskChannels, Channel;
    }
}
