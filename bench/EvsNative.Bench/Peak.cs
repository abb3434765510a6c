using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace EvsNative.Bench;

/// <summary>What this machine can do at best: fused multiply-adds in registers, and copying memory.</summary>
internal static class Peak
{
    /// <summary>GFLOP/s of <paramref name="threads"/> threads that only multiply and add.</summary>
    public static double Gflops(int threads)
    {
        const int Steps = 20_000_000;
        double best = 0;
        for (int run = 0; run < 5; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => GC.KeepAlive(Chains(Steps)));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 10.0 * 8 * 2 * Steps * threads / seconds / 1e9);
        }

        return best;
    }

    /// <summary>GB/s, read and write together, of copying a buffer far larger than the caches.</summary>
    public static double CopyGigabytes()
    {
        var from = new float[64 << 20];
        var to = new float[from.Length];
        double best = 0;
        for (int run = 0; run < 5; run++)
        {
            long start = Stopwatch.GetTimestamp();
            from.AsSpan().CopyTo(to);
            best = Math.Max(best, 8.0 * from.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    // Ten independent chains cover the latency of the two multiply-add units.
    private static float Chains(int steps)
    {
        var a = Vector256.Create(1.0000001f);
        var b = Vector256.Create(1e-9f);
        Vector256<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b;
        for (int i = 0; i < steps; i++)
        {
            c0 = Vector256.MultiplyAddEstimate(c0, a, b);
            c1 = Vector256.MultiplyAddEstimate(c1, a, b);
            c2 = Vector256.MultiplyAddEstimate(c2, a, b);
            c3 = Vector256.MultiplyAddEstimate(c3, a, b);
            c4 = Vector256.MultiplyAddEstimate(c4, a, b);
            c5 = Vector256.MultiplyAddEstimate(c5, a, b);
            c6 = Vector256.MultiplyAddEstimate(c6, a, b);
            c7 = Vector256.MultiplyAddEstimate(c7, a, b);
            c8 = Vector256.MultiplyAddEstimate(c8, a, b);
            c9 = Vector256.MultiplyAddEstimate(c9, a, b);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9);
    }
}
