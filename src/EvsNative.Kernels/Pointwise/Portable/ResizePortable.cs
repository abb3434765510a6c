using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Images of another size: every output pixel is a weighted mean of 1, 2 x 2 or 4 x 4 input pixels. Nothing is averaged over more pixels
/// when an image shrinks (no antialiasing).
/// <code>
/// groups 256 threads along an output row x row x image; a thread has the channels of a pixel that 16 bytes hold, or one
/// reads  x by windows that overlap, so mostly from the caches
/// writes y once
/// </code>
/// A place between pixels is a quotient of integers, so its fraction is exact to float32 in images of any size.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class ResizePortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<ResizeCall>
{
    private const int GroupSize = 256;

    // Twice the product of two sides is a 32-bit number: dividing more bits takes a GPU a subroutine.
    private const int LongestSide = short.MaxValue;

    private readonly KernelVariants<Args> _nearest = new(gpu, typeof(ResizePortable), nameof(NearestKernel));
    private readonly KernelVariants<Args> _mix = new(gpu, typeof(ResizePortable), nameof(MixKernel));

    public void Run(in ResizeCall call)
    {
        var (y, x, interpolation) = call;
        if (Math.Max(Math.Max(x.Shape.H, x.Shape.W), Math.Max(y.Shape.H, y.Shape.W)) > LongestSide)
            throw new ArgumentException($"Resize: {x.Shape} to {y.Shape}, sides of at most {LongestSide} pixels were expected");
        int width = Packs.Width(caps ?? gpu.Caps, y.Type, y.Shape.C, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            FromH = x.Shape.H,
            FromW = x.Shape.W,
            ToH = y.Shape.H,
            ToW = y.Shape.W,
            Packs = y.Shape.C / width,
            IsCubic = interpolation == Interpolation.Bicubic ? 1 : 0,
        };
        var variants = interpolation == Interpolation.Nearest ? _nearest : _mix;
        var groups = new Groups(((y.Shape.W * args.Packs) + GroupSize - 1) / GroupSize, y.Shape.H, y.Shape.N);
        variants.Get(GroupSize, Packs.Of(y.Type, width)).Launch(groups, args);
    }

    private static void NearestKernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.Packs, c = at - (j * args.Packs);
        if (j >= args.ToW) return;
        int row = Grid.IdxY * args.FromH / args.ToH, column = j * args.FromW / args.ToW;
        TPack.Load(words, 0, args.X, (Source(args, row) + ((long)column * args.Packs) + c) * TPack.Count);
        TPack.Store(args.Y, (Target(args) + at) * TPack.Count, words, 0);
    }

    private static void MixKernel<TPack>(Args args)
        where TPack : struct, IPack
    {
        var words = LocalMemory.Allocate<uint>(TPack.Words);
        var sums = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        var mixed = LocalMemory.Allocate<Four>((TPack.Count + 3) / 4);
        int at = (Grid.IdxX * GroupSize) + Group.IdxX, j = at / args.Packs, c = at - (j * args.Packs);
        if (j >= args.ToW) return;
        float down = Place(Grid.IdxY, args.FromH, args.ToH, out int row), across = Place(j, args.FromW, args.ToW, out int column);
        int reach = args.IsCubic + 1;
        float total = 0;
        for (int i = 0; i < TPack.Count; i += 4) sums[i / 4] = default;
        for (int u = 1 - reach; u <= reach; u++)
        {
            if (row + u < 0 || row + u >= args.FromH) continue;
            float weight = Weight(u - down, args.IsCubic), mixedTotal = 0;
            long source = Source(args, row + u) + c;
            for (int i = 0; i < TPack.Count; i += 4) mixed[i / 4] = default;
            for (int v = 1 - reach; v <= reach; v++)
            {
                if (column + v < 0 || column + v >= args.FromW) continue;
                float share = Weight(v - across, args.IsCubic);
                TPack.Load(words, 0, args.X, (source + ((long)(column + v) * args.Packs)) * TPack.Count);
                for (int i = 0; i < TPack.Count; i += 4) mixed[i / 4] += TPack.Widen(words, 0, i) * share;
                mixedTotal += share;
            }

            for (int i = 0; i < TPack.Count; i += 4) sums[i / 4] += mixed[i / 4] * weight;
            total += weight * mixedTotal;
        }

        for (int i = 0; i < TPack.Count; i += 4) TPack.Narrow(words, 0, i, sums[i / 4] / total);
        TPack.Store(args.Y, (Target(args) + at) * TPack.Count, words, 0);
    }

    /// <summary>The centre of an output pixel among the input's: the last pixel at or before it, and how far behind that.</summary>
    private static float Place(int target, int from, int to, out int before)
    {
        // (target + 0.5) from / to - 0.5, over 2 to; one pixel more makes the quotient that of a number above zero.
        int place = (((2 * target) + 1) * from) + to, whole = place / (2 * to);
        before = whole - 1;
        return (float)(place - (whole * 2 * to)) / (2f * to);
    }

    /// <summary>The weight of a tap this far away; for the cubic, Keys' polynomial with a = -0.5.</summary>
    private static float Weight(float offset, int isCubic)
    {
        float distance = XMath.Abs(offset);
        if (isCubic == 0) return distance < 1 ? 1 - distance : 0;
        if (distance < 1) return (((1.5f * distance) - 2.5f) * distance * distance) + 1;
        return distance < 2 ? (((((-0.5f * distance) + 2.5f) * distance) - 4) * distance) + 2 : 0;
    }

    /// <summary>Where a row of this image of x begins, in accesses.</summary>
    private static long Source(Args args, int row) => (((long)Grid.IdxZ * args.FromH) + row) * args.FromW * args.Packs;

    /// <summary>Where this row of this image of y begins, in accesses.</summary>
    private static long Target(Args args) => (((long)Grid.IdxZ * args.ToH) + Grid.IdxY) * args.ToW * args.Packs;

    private struct Args
    {
        public Operand Y, X;
        public int FromH, FromW, ToH, ToW, Packs, IsCubic;
    }
}
