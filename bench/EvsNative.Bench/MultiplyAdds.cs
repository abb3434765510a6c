using System.Reflection;
using EvsNative.Kernels;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Bench;

/// <summary>A kernel that multiplies and adds in registers and does nothing else: the roof of float32 arithmetic.</summary>
internal static class MultiplyAdds
{
    private const int Threads = 256, Chains = 8, Steps = 16, GroupsPerUnit = 8, Rounds = 2048;

    private static readonly MethodInfo Method =
        typeof(MultiplyAdds).GetMethod(nameof(Kernel), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>GFLOP/s, two for each multiply-add.</summary>
    public static double Gflops(OpenGpu gpu, GpuClock clock, bool isRehearsal)
    {
        var kernel = gpu.Runtime.Load<Args>(Method, Threads);
        int groups = gpu.Caps.Multiprocessors * (isRehearsal ? 1 : GroupsPerUnit), rounds = isRehearsal ? 2 : Rounds;
        var y = gpu.Device.Rent(Shape.Vector(groups * Threads));
        var args = new Args { Y = y.Operand(), Rounds = rounds };
        double best = clock.Time([() => kernel.Launch(new Groups(groups), args)]).Best;
        return 2.0 * groups * Threads * rounds * Steps * Chains / best / 1e6;
    }

    /// <summary>Eight independent chains a thread cover the latency of one multiply-add.</summary>
    private static void Kernel(Args args)
    {
        int i = (Grid.IdxX * Threads) + Group.IdxX;
        float a = 0.9999f, b = i * 1e-9f;
        float c0 = b, c1 = b + 1, c2 = b + 2, c3 = b + 3, c4 = b + 4, c5 = b + 5, c6 = b + 6, c7 = b + 7;
        for (int round = 0; round < args.Rounds; round++)
        {
            for (int step = 0; step < Steps; step++)
            {
                c0 = PtxIntrinsics.Fma(c0, a, b);
                c1 = PtxIntrinsics.Fma(c1, a, b);
                c2 = PtxIntrinsics.Fma(c2, a, b);
                c3 = PtxIntrinsics.Fma(c3, a, b);
                c4 = PtxIntrinsics.Fma(c4, a, b);
                c5 = PtxIntrinsics.Fma(c5, a, b);
                c6 = PtxIntrinsics.Fma(c6, a, b);
                c7 = PtxIntrinsics.Fma(c7, a, b);
            }
        }

        Float32Element.Store(args.Y, i, c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7);
    }

    internal struct Args
    {
        public Operand Y;
        public int Rounds;
    }
}
