using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// The softmax of rows of float32 scores, in place.
/// <code>
/// groups  a row
/// reads   the row twice (largest and sum, weights), the second time from a cache
/// writes  it once, rounded to tf32; numbers behind the keys become zero
/// </code>
/// </summary>
internal static class WideSoftmax
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    private const int Warps = Threads / 32;

    /// <summary>The kernel.</summary>
    public static void Kernel(Args args)
    {
        var told = SharedMemory.Allocate<float>(2 * Warps);
        int thread = Group.IdxX;
        long row = (long)Grid.IdxX * args.Pitch;
        float largest = Unseen, total = 0;
        for (int at = 4 * thread; at < args.Keys; at += 4 * Threads)
        {
            var s = Seen(Float32Element.LoadFour(args.Scores, row + at), args.Keys - at);
            float most = IntrinsicMath.Max(IntrinsicMath.Max(s.A, s.B), IntrinsicMath.Max(s.C, s.D)), before = largest;
            largest = IntrinsicMath.Max(largest, most);
            total *= PtxIntrinsics.Exp2((before - largest) * args.Scale);
            total += Weight(s.A, largest, args.Scale) + Weight(s.B, largest, args.Scale)
                + (Weight(s.C, largest, args.Scale) + Weight(s.D, largest, args.Scale));
        }

        float own = largest;
        largest = LargestOfWarp(largest);
        if ((thread & 31) == 0) told[thread >> 5] = largest;
        Gpu.Threads.Wait();
        for (int i = 0; i < Warps; i++) largest = IntrinsicMath.Max(largest, told[i]);
        total *= PtxIntrinsics.Exp2((own - largest) * args.Scale);
        total = SumOfWarp(total);
        if ((thread & 31) == 0) told[Warps + (thread >> 5)] = total;
        Gpu.Threads.Wait();
        total = 0;
        for (int i = 0; i < Warps; i++) total += told[Warps + i];
        float inverse = 1 / total;
        for (int at = 4 * thread; at < args.Pitch; at += 4 * Threads)
        {
            var s = Seen(Float32Element.LoadFour(args.Scores, row + at), args.Keys - at);
            Float32Element.StoreFour(args.Scores, row + at, Four.Of(
                Rounded(Weight(s.A, largest, args.Scale) * inverse), Rounded(Weight(s.B, largest, args.Scale) * inverse),
                Rounded(Weight(s.C, largest, args.Scale) * inverse), Rounded(Weight(s.D, largest, args.Scale) * inverse)));
        }
    }

    private static float LargestOfWarp(float x)
    {
        x = IntrinsicMath.Max(x, T.Other(x, 1));
        x = IntrinsicMath.Max(x, T.Other(x, 2));
        x = IntrinsicMath.Max(x, T.Other(x, 4));
        x = IntrinsicMath.Max(x, T.Other(x, 8));
        return IntrinsicMath.Max(x, T.Other(x, 16));
    }

    private static float SumOfWarp(float x)
    {
        x += T.Other(x, 1);
        x += T.Other(x, 2);
        x += T.Other(x, 4);
        x += T.Other(x, 8);
        return x + T.Other(x, 16);
    }

    private static float Weight(float score, float largest, float scale) => PtxIntrinsics.Exp2((score - largest) * scale);

    // To what tensor cores read.
    private static float Rounded(float weight) => Interop.IntAsFloat(T.RoundTf32(weight));

    private static Four Seen(Four s, int limit) => Four.Of(
        limit > 0 ? s.A : Unseen, limit > 1 ? s.B : Unseen, limit > 2 ? s.C : Unseen, limit > 3 ? s.D : Unseen);

    /// <summary>Rows of scores, how many of their numbers are keys, how many lie between two rows: a multiple of 4.</summary>
    internal struct Args
    {
        public Operand Scores;
        public float Scale;
        public int Keys, Pitch;
    }
}
