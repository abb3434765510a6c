using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Operations of one element at a time.
/// <code>
/// groups 256 threads; a thread moves 16 bytes at once and has four to six such accesses under way
/// reads  each input once, writes y once: bound by memory
/// </code>
/// </summary>
/// <param name="gpu">where they run</param>
/// <param name="scratch">temporary memory</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class PointwisePortable(GpuRuntime gpu, Scratch scratch, GpuCaps? caps = null)
    : IOperation<CombineCall>, IOperation<ActivateCall>, IOperation<CopyCall>, IOperation<CountNonFiniteCall>
{
    // Threads of a group that counts.
    private const int CountSize = 256;

    // Groups of a count: each adds up a share, the host the shares.
    private const int CountGroups = 64;

    private readonly KernelVariants<CombineArgs> _combine = new(gpu, typeof(PointwisePortable), nameof(CombineKernel));
    private readonly KernelVariants<ActivateArgs> _activate = new(gpu, typeof(PointwisePortable), nameof(ActivateKernel));
    private readonly KernelVariants<CountArgs> _count = new(gpu, typeof(PointwisePortable), nameof(CountKernel));

    public void Run(in CombineCall call)
    {
        var (y, a, x, b, x2, c, x3) = call;
        int terms = x3 is not null ? 3 : x2 is not null ? 2 : 1;
        bool isAligned = Packs.IsAligned(y) && Packs.IsAligned(x) && Packs.IsAligned(x2) && Packs.IsAligned(x3);
        var plan = PointwisePlanPortable.For(caps ?? gpu.Caps, y.Shape.Count, y.Type, isMixed: false, terms, isAligned);
        var args = new CombineArgs
        {
            Y = y.Operand(),
            X = x.Operand(),
            X2 = x2.Operand(x),
            X3 = x3.Operand(x),
            A = a,
            B = b,
            C = c,
            Terms = terms,
            Accesses = plan.Accesses,
        };
        _combine.Get(PointwisePlanPortable.Threads, Packs.Of(y.Type, plan.Width), plan.Tile).Launch(new Groups(plan.Groups), args);
    }

    public void Run(in ActivateCall call)
    {
        var (y, x, activation) = call;
        var plan = PointwisePlanPortable.For(
            caps ?? gpu.Caps, y.Shape.Count, x.Type, isMixed: x.Type != y.Type, inputs: 1, Packs.IsAligned(y) && Packs.IsAligned(x));
        var args = new ActivateArgs { Y = y.Operand(), X = x.Operand(), Accesses = plan.Accesses };
        Type from = Packs.Of(x.Type, plan.Width), to = Packs.Of(y.Type, plan.Width);
        _activate.Get(PointwisePlanPortable.Threads, from, to, plan.Tile, activation.Policy()).Launch(new Groups(plan.Groups), args);
    }

    public void Run(in CopyCall call) => Run(new ActivateCall(call.Y, call.X, Activation.None));

    public void Run(in CountNonFiniteCall call)
    {
        var x = call.X;
        var mark = scratch.Here();
        var counts = scratch.Rent(Shape.Vector(CountGroups), ElementType.Float32);
        var args = new CountArgs { X = x.Operand(), Counts = counts.Operand(), Count = x.Shape.Count };
        _count.Get(CountSize, x.Type.Policy()).Launch(new Groups(CountGroups), args);
        Span<int> shares = stackalloc int[CountGroups];
        gpu.Read((GpuBuffer)counts.Buffer, counts.Offset * sizeof(int), System.Runtime.InteropServices.MemoryMarshal.AsBytes(shares));
        scratch.Release(mark);
        long sum = 0;
        foreach (int share in shares) sum += share;
        call.Found = sum;
    }

    private static void CombineKernel<TPack, TTile>(CombineArgs args)
        where TPack : struct, IPack
        where TTile : struct, IPointwiseTile
    {
        var words = LocalMemory.Allocate<uint>(3 * TTile.InFlight * TPack.Words);
        long first = First<TTile>();
        if (first >= args.Accesses) return;

        // All are read before the first is written, since the compiler cannot know that they lie apart.
        Load<TPack, TTile>(words, 0, args.X, first, args.Accesses);
        if (args.Terms > 1) Load<TPack, TTile>(words, TTile.InFlight * TPack.Words, args.X2, first, args.Accesses);
        if (args.Terms > 2) Load<TPack, TTile>(words, 2 * TTile.InFlight * TPack.Words, args.X3, first, args.Accesses);
        for (int k = 0; k < TTile.InFlight; k++)
        {
            for (int i = 0; i < TPack.Count; i += 4)
            {
                var sum = TPack.Widen(words, k * TPack.Words, i) * args.A;
                if (args.Terms > 1) sum += TPack.Widen(words, (TTile.InFlight + k) * TPack.Words, i) * args.B;
                if (args.Terms > 2) sum += TPack.Widen(words, ((2 * TTile.InFlight) + k) * TPack.Words, i) * args.C;
                TPack.Narrow(words, k * TPack.Words, i, sum);
            }

            long access = first + (k * PointwisePlanPortable.Threads);
            if (access < args.Accesses) TPack.Store(args.Y, access * TPack.Count, words, k * TPack.Words);
        }
    }

    private static void ActivateKernel<TFrom, TTo, TTile, TActivation>(ActivateArgs args)
        where TFrom : struct, IPack
        where TTo : struct, IPack
        where TTile : struct, IPointwiseTile
        where TActivation : struct, IActivationChoice
    {
        var words = LocalMemory.Allocate<uint>(TTile.InFlight * TFrom.Words);
        var results = LocalMemory.Allocate<uint>(TTo.Words);
        long first = First<TTile>();
        if (first >= args.Accesses) return;
        Load<TFrom, TTile>(words, 0, args.X, first, args.Accesses);
        for (int k = 0; k < TTile.InFlight; k++)
        {
            for (int i = 0; i < TFrom.Count; i += 4)
                TTo.Narrow(results, 0, i, KernelMath.Activate(TFrom.Widen(words, k * TFrom.Words, i), TActivation.Value));
            long access = first + (k * PointwisePlanPortable.Threads);
            if (access < args.Accesses) TTo.Store(args.Y, access * TTo.Count, results, 0);
        }
    }

    /// <summary>A thread's first access; the others follow a group's width apart.</summary>
    private static long First<TTile>() where TTile : struct, IPointwiseTile =>
        ((long)Grid.IdxX * PointwisePlanPortable.Threads * TTile.InFlight) + Group.IdxX;

    /// <summary>Reads a thread's elements, instead of what is behind the last its first again: others may be overwriting theirs.</summary>
    private static void Load<TPack, TTile>(ArrayView<uint> words, int at, Operand x, long first, long accesses)
        where TPack : struct, IPack
        where TTile : struct, IPointwiseTile
    {
        for (int k = 0; k < TTile.InFlight; k++)
        {
            long access = first + (k * PointwisePlanPortable.Threads);
            TPack.Load(words, at + (k * TPack.Words), x, (access < accesses ? access : first) * TPack.Count);
        }
    }

    private static void CountKernel<TX>(CountArgs args)
        where TX : struct, IElement
    {
        var shares = SharedMemory.Allocate<int>(CountSize);
        int thread = Group.IdxX, found = 0;
        for (long i = ((long)Grid.IdxX * CountSize) + thread; i < args.Count; i += CountGroups * CountSize)
        {
            uint bits = Interop.FloatAsInt(TX.Load(args.X, i));
            if ((bits & 0x7f800000) == 0x7f800000) found++;
        }

        shares[thread] = found;
        Threads.Wait();
        for (int half = CountSize / 2; half > 0; half /= 2)
        {
            if (thread < half) shares[thread] += shares[thread + half];
            Threads.Wait();
        }

        if (thread == 0) args.Counts.Memory.Cast<int>()[args.Counts.Offset + Grid.IdxX] = shares[0];
    }

    private struct CombineArgs
    {
        public Operand Y, X, X2, X3;
        public float A, B, C;
        public int Terms;
        public long Accesses;
    }

    private struct ActivateArgs
    {
        public Operand Y, X;
        public long Accesses;
    }

    private struct CountArgs
    {
        public Operand X, Counts;
        public long Count;
    }
}
