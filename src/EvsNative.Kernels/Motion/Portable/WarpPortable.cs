using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Motion;

/// <summary>
/// Pictures moved along a flow.
/// <code>
/// groups 256 threads along a row x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  the flow of its pixel, and four pixels that others read too, so mostly from the caches
/// writes y once
/// </code>
/// </summary>
/// <param name="gpu">where they run</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class WarpPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<WarpCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(WarpPortable));

    public void Run(in WarpCall call)
    {
        var (y, x, flow, channel) = call;
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Flow = flow.Operand(),
            Height = y.Shape.H,
            Width = y.Shape.W,
            Packs = y.Shape.C / width,
            FlowChannels = flow.Shape.C,
            Channel = channel,
        };
        var groups = new Groups(((y.Shape.W * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        _variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void Kernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        var sums = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, i = Grid.IdxY, j = at / args.Packs, c = at - (j * args.Packs);
        if (j >= args.Width) return;
        long image = (long)Grid.IdxZ * args.Height, row = image + i;
        long flow = (((row * args.Width) + j) * args.FlowChannels) + args.Channel;
        float across = KernelMath.Within(j + Float32Element.Load(args.Flow, flow), 0, args.Width - 1);
        float down = KernelMath.Within(i + Float32Element.Load(args.Flow, flow + 1), 0, args.Height - 1);

        // What is no number becomes any whole number where it is converted, and stays none in the shares.
        int left = IntrinsicMath.Clamp((int)across, 0, args.Width - 1), top = IntrinsicMath.Clamp((int)down, 0, args.Height - 1);
        float x = across - left, z = down - top;
        for (int k = 0; k < TPack.Count; k += 4) sums[k / 4] = default;
        for (int corner = 0; corner < 4; corner++)
        {
            int right = corner & 1, below = corner >> 1;
            float share = (right == 0 ? 1 - x : x) * (below == 0 ? 1 - z : z);
            long source = (image + IntrinsicMath.Min(top + below, args.Height - 1)) * args.Width
                + IntrinsicMath.Min(left + right, args.Width - 1);
            TPack.Load(words, 0, args.X, ((source * args.Packs) + c) * TPack.Count);
            for (int k = 0; k < TPack.Count; k += 4) sums[k / 4] += TPack.Widen(words, 0, k) * share;
        }

        for (int k = 0; k < TPack.Count; k += 4) TPack.Narrow(words, 0, k, sums[k / 4]);
        TPack.Store(args.Y, ((row * args.Width * args.Packs) + at) * TPack.Count, words, 0);
    }

    private struct Args
    {
        public Operand Y, X, Flow;
        public int Height, Width, Packs, FlowChannels, Channel;
    }
}
