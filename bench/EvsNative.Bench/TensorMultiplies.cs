using System.Reflection;
using EvsNative.Kernels;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Bench;

/// <summary>A kernel whose warps multiply binary16 fragments in registers: the roof of tensor cores by mma.sync.</summary>
internal static class TensorMultiplies
{
    private const int Threads = 128, Steps = 4, Chains = 8, GroupsPerUnit = 4, Rounds = 4096, Warp = 32;
    private const double FlopsOfProduct = 2.0 * 16 * 8 * 16;

    private static readonly MethodInfo Method =
        typeof(TensorMultiplies).GetMethod(nameof(Kernel), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>GFLOP/s, two for each multiply-add; null where the device has no such instruction or may not use it.</summary>
    public static double? Gflops(OpenGpu gpu, GpuClock clock, bool isRehearsal)
    {
        if (gpu.Caps.TensorCores != TensorGeneration.Ampere) return null;
        var kernel = gpu.Runtime.Load<Args>(Method, Threads);
        int groups = gpu.Caps.Multiprocessors * (isRehearsal ? 1 : GroupsPerUnit), rounds = isRehearsal ? 1 : Rounds;
        var y = gpu.Device.Rent(Shape.Vector(groups * Threads));
        var args = new Args { Y = y.Operand(), Rounds = rounds };
        double best = clock.Time([() => kernel.Launch(new Groups(groups), args)]).Best;
        return FlopsOfProduct * groups * (Threads / Warp) * rounds * Steps * Chains / best / 1e6;
    }

    /// <summary>Eight independent chains a warp, four warps a scheduler, cover the latency of a product.</summary>
    private static void Kernel(Args args)
    {
        int i = (Grid.IdxX * Threads) + Group.IdxX;
        // Numbers near 2^-7, whose sums stay small.
        uint bits = 0x20002000u + (uint)(i & 15);
        var a = new Fragment { A = bits, B = bits + 1, C = bits + 2, D = bits + 3 };
        Sums c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (int round = 0; round < args.Rounds; round++)
        {
            for (int step = 0; step < Steps; step++)
            {
                c0 = TensorIntrinsics.MultiplyHalf16(c0, a, bits, bits);
                c1 = TensorIntrinsics.MultiplyHalf16(c1, a, bits, bits);
                c2 = TensorIntrinsics.MultiplyHalf16(c2, a, bits, bits);
                c3 = TensorIntrinsics.MultiplyHalf16(c3, a, bits, bits);
                c4 = TensorIntrinsics.MultiplyHalf16(c4, a, bits, bits);
                c5 = TensorIntrinsics.MultiplyHalf16(c5, a, bits, bits);
                c6 = TensorIntrinsics.MultiplyHalf16(c6, a, bits, bits);
                c7 = TensorIntrinsics.MultiplyHalf16(c7, a, bits, bits);
            }
        }

        Float32Element.Store(args.Y, i, c0.A + c1.B + c2.C + c3.D + c4.A + c5.B + c6.C + c7.D);
    }

    internal struct Args
    {
        public Operand Y;
        public int Rounds;
    }
}
