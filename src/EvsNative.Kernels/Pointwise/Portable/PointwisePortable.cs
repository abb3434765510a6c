using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Operations of one element at a time.
/// <code>
/// groups a thread for each element, 256 to a group
/// reads  each input once, writes y once: bound by memory
/// </code>
/// </summary>
internal sealed class PointwisePortable(GpuRuntime gpu, Scratch scratch)
    : IOperation<CombineCall>, IOperation<ActivateCall>, IOperation<CopyCall>, IOperation<CountNonFiniteCall>
{
    private const int GroupSize = 256;

    // Groups of a count: each adds up a share, the host the shares.
    private const int CountGroups = 64;

    private readonly KernelVariants<CombineArgs> _combine = new(gpu, typeof(PointwisePortable), nameof(CombineKernel));
    private readonly KernelVariants<ActivateArgs> _activate = new(gpu, typeof(PointwisePortable), nameof(ActivateKernel));
    private readonly KernelVariants<CountArgs> _count = new(gpu, typeof(PointwisePortable), nameof(CountKernel));

    public void Run(in CombineCall call)
    {
        var (y, a, x, b, x2, c, x3) = call;
        var args = new CombineArgs
        {
            Y = y.Operand(),
            X = x.Operand(),
            X2 = x2.Operand(x),
            X3 = x3.Operand(x),
            A = a,
            B = b,
            C = c,
            Terms = x3 is not null ? 3 : x2 is not null ? 2 : 1,
            Count = y.Shape.Count,
        };
        _combine.Get(GroupSize, y.Type.Policy()).Launch(GroupsOf(y.Shape.Count), args);
    }

    public void Run(in ActivateCall call)
    {
        var (y, x, activation) = call;
        var args = new ActivateArgs { Y = y.Operand(), X = x.Operand(), Count = y.Shape.Count };
        _activate.Get(GroupSize, x.Type.Policy(), y.Type.Policy(), activation.Policy()).Launch(GroupsOf(y.Shape.Count), args);
    }

    public void Run(in CopyCall call) => Run(new ActivateCall(call.Y, call.X, Activation.None));

    public void Run(in CountNonFiniteCall call)
    {
        var x = call.X;
        var mark = scratch.Here();
        var counts = scratch.Rent(Shape.Vector(CountGroups), ElementType.Float32);
        var args = new CountArgs { X = x.Operand(), Counts = counts.Operand(), Count = x.Shape.Count };
        _count.Get(GroupSize, x.Type.Policy()).Launch(new Groups(CountGroups), args);
        Span<int> shares = stackalloc int[CountGroups];
        gpu.Read((GpuBuffer)counts.Buffer, counts.Offset * sizeof(int), System.Runtime.InteropServices.MemoryMarshal.AsBytes(shares));
        scratch.Release(mark);
        long sum = 0;
        foreach (int share in shares) sum += share;
        call.Found = sum;
    }

    private static Groups GroupsOf(long count) => new(checked((int)((count + GroupSize - 1) / GroupSize)));

    private static void CombineKernel<T>(CombineArgs args)
        where T : struct, IElement
    {
        long i = ((long)Grid.IdxX * GroupSize) + Group.IdxX;
        if (i >= args.Count) return;
        float sum = args.A * T.Load(args.X, i);
        if (args.Terms > 1) sum += args.B * T.Load(args.X2, i);
        if (args.Terms > 2) sum += args.C * T.Load(args.X3, i);
        T.Store(args.Y, i, sum);
    }

    private static void ActivateKernel<TX, TY, TActivation>(ActivateArgs args)
        where TX : struct, IElement
        where TY : struct, IElement
        where TActivation : struct, IActivationChoice
    {
        long i = ((long)Grid.IdxX * GroupSize) + Group.IdxX;
        if (i < args.Count) TY.Store(args.Y, i, KernelMath.Activate(TX.Load(args.X, i), TActivation.Value));
    }

    private static void CountKernel<TX>(CountArgs args)
        where TX : struct, IElement
    {
        var shares = SharedMemory.Allocate<int>(GroupSize);
        int thread = Group.IdxX, found = 0;
        for (long i = ((long)Grid.IdxX * GroupSize) + thread; i < args.Count; i += CountGroups * GroupSize)
        {
            uint bits = Interop.FloatAsInt(TX.Load(args.X, i));
            if ((bits & 0x7f800000) == 0x7f800000) found++;
        }

        shares[thread] = found;
        Threads.Wait();
        for (int half = GroupSize / 2; half > 0; half /= 2)
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
        public long Count;
    }

    private struct ActivateArgs
    {
        public Operand Y, X;
        public long Count;
    }

    private struct CountArgs
    {
        public Operand X, Counts;
        public long Count;
    }
}
