using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// A slope below zero for each channel.
/// <code>
/// groups 256 threads; a thread moves 16 bytes at once where channels divide into them, and has several such accesses under way
/// reads  x and the residual once, the slopes from the caches
/// writes y once: bound by memory
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class PreluPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<PreluCall>
{
    private readonly KernelVariants<Args> _variants = new(gpu, typeof(PreluPortable));

    public void Run(in PreluCall call)
    {
        var (y, x, slope, residual) = call;
        bool isAligned = Packs.IsAligned(y) && Packs.IsAligned(x) && Packs.IsAligned(residual) && Packs.IsAligned(slope);
        int widest = Packs.WidestBytes / y.Type.Bytes(), inputs = residual is null ? 1 : 2;
        var plan = PointwisePlanPortable.For(
            caps ?? gpu.Caps, y.Shape.Count, y.Type, isMixed: false, inputs, isAligned && y.Shape.C % widest == 0);
        int packs = y.Shape.C / plan.Width;
        var args = new Args
        {
            Y = y.Operand(),
            X = x.Operand(),
            Slope = slope.Operand(),
            Residual = residual.Operand(x),
            Accesses = checked((int)plan.Accesses),
            Packs = packs,
            Step = PointwisePlanPortable.Threads % packs,
            HasResidual = residual is null ? 0 : 1,
        };
        _variants.Get(PointwisePlanPortable.Threads, Packs.Of(y.Type, plan.Width), plan.Tile).Launch(new Groups(plan.Groups), args);
    }

    private static void Kernel<TPack, TTile>(Args args)
        where TPack : struct, IPack
        where TTile : struct, IPointwiseTile
    {
        var words = LocalMemory.Allocate<uint>(2 * TTile.InFlight * TPack.Words);
        int first = (Grid.IdxX * PointwisePlanPortable.Threads * TTile.InFlight) + Group.IdxX;
        if (first >= args.Accesses) return;

        // What is behind the last is the first again: others may be overwriting theirs.
        for (int k = 0; k < TTile.InFlight; k++)
        {
            int access = first + (k * PointwisePlanPortable.Threads);
            long index = (long)(access < args.Accesses ? access : first) * TPack.Count;
            TPack.Load(words, k * TPack.Words, args.X, index);
            if (args.HasResidual != 0) TPack.Load(words, (TTile.InFlight + k) * TPack.Words, args.Residual, index);
        }

        int c = first - (first / args.Packs * args.Packs);
        for (int k = 0; k < TTile.InFlight; k++)
        {
            for (int i = 0; i < TPack.Count; i += 4)
            {
                var z = TPack.Widen(words, k * TPack.Words, i);
                if (args.HasResidual != 0) z += TPack.Widen(words, (TTile.InFlight + k) * TPack.Words, i);
                var below = z * Packs.Vector<TPack>(args.Slope, (c * TPack.Count) + i);
                TPack.Narrow(words, k * TPack.Words, i, Four.Of(
                    z.A < 0 ? below.A : z.A, z.B < 0 ? below.B : z.B, z.C < 0 ? below.C : z.C, z.D < 0 ? below.D : z.D));
            }

            int access = first + (k * PointwisePlanPortable.Threads);
            if (access < args.Accesses) TPack.Store(args.Y, (long)access * TPack.Count, words, k * TPack.Words);
            c += args.Step;
            if (c >= args.Packs) c -= args.Packs;
        }
    }

    private struct Args
    {
        public Operand Y, X, Slope, Residual;

        /// <summary>Accesses in all and of a pixel, and those of a pixel that a group's width goes on by.</summary>
        public int Accesses, Packs, Step;

        public int HasResidual;
    }
}
