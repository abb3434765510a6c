using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace EvsNative.Bench;

/// <summary>What this machine can do at best: fused multiply-adds in registers, and copying memory, each on all threads at once.</summary>
internal static class Peak
{
    private const int Chains = 10, BurstSteps = 3_000_000, Bursts = 4;

    /// <summary>What the multiply-adds are done in.</summary>
    public static string Vectors => Vector512.IsHardwareAccelerated ? "512-bit vectors" : "256-bit vectors";

    /// <summary>GFLOP/s of threads that only multiply and add, in the best of a few short bursts (5 to 10 ms each).</summary>
    public static double Gflops(int threads)
    {
        bool isWidest = Vector512.IsHardwareAccelerated;
        int lanes = isWidest ? Vector512<float>.Count : Vector256<float>.Count;
        double seconds = OnThreads(threads, Bursts, _ => GC.KeepAlive(isWidest ? Widest(BurstSteps) : Wide(BurstSteps)));
        return 2.0 * Chains * lanes * BurstSteps * threads / seconds / 1e9;
    }

    /// <summary>
    /// GB/s, read and write together, of copying <paramref name="bytes"/> in all; the best of a few passes over the same memory, as a
    /// network's layers find theirs.
    /// </summary>
    public static double CopyGigabytes(int threads, long bytes)
    {
        int numbers = (int)Math.Max(1024, bytes / sizeof(float) / 2 / threads), passes = (int)Math.Clamp((1L << 27) / bytes, 1, 100);
        float[][] from = [.. Enumerable.Range(0, threads).Select(_ => new float[numbers])], to = [.. from.Select(a => new float[a.Length])];
        double best = OnThreads(threads, 12, thread =>
        {
            for (int pass = 0; pass < passes; pass++) from[thread].AsSpan().CopyTo(to[thread]);
        });
        return 2.0 * sizeof(float) * numbers * threads * passes / best / 1e9;
    }

    /// <summary>
    /// Seconds of the best run, from the first thread's start to the last one's end by their own clocks: who waits for them may be kept
    /// waiting. Threads spin until all are there. One that slept would be woken on the processor of the one that woke it, and both
    /// would share it until the system notices.
    /// </summary>
    private static double OnThreads(int threads, int runs, Action<int> run)
    {
        var times = new (long Start, long End)[threads];
        int arrived = 0;
        double best = double.PositiveInfinity;
        void Meet(int meeting)
        {
            Interlocked.Increment(ref arrived);
            while (Volatile.Read(ref arrived) < meeting * threads) Thread.SpinWait(10);
        }

        void Work(int thread)
        {
            Meet(1);
            long settled = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 200);
            while (Stopwatch.GetTimestamp() < settled) Thread.SpinWait(10);
            for (int i = 0; i < runs; i++)
            {
                Meet(2 + (2 * i));
                times[thread].Start = Stopwatch.GetTimestamp();
                run(thread);
                times[thread].End = Stopwatch.GetTimestamp();
                Meet(3 + (2 * i));
                if (thread == 0)
                    best = Math.Min(best, Stopwatch.GetElapsedTime(times.Min(t => t.Start), times.Max(t => t.End)).TotalSeconds);
            }
        }

        Thread[] workers = [.. Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Work(thread)))];
        foreach (var worker in workers) worker.Start();
        Work(0);
        foreach (var worker in workers) worker.Join();
        return best;
    }

    // Ten independent chains cover the latency of the two multiply-add units.
    private static float Widest(int steps)
    {
        Vector512<float> a = Vector512.Create(1.0000001f), b = Vector512.Create(1e-9f);
        Vector512<float> c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b;
        for (int i = 0; i < steps; i++)
        {
            c0 = Vector512.MultiplyAddEstimate(c0, a, b);
            c1 = Vector512.MultiplyAddEstimate(c1, a, b);
            c2 = Vector512.MultiplyAddEstimate(c2, a, b);
            c3 = Vector512.MultiplyAddEstimate(c3, a, b);
            c4 = Vector512.MultiplyAddEstimate(c4, a, b);
            c5 = Vector512.MultiplyAddEstimate(c5, a, b);
            c6 = Vector512.MultiplyAddEstimate(c6, a, b);
            c7 = Vector512.MultiplyAddEstimate(c7, a, b);
            c8 = Vector512.MultiplyAddEstimate(c8, a, b);
            c9 = Vector512.MultiplyAddEstimate(c9, a, b);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9);
    }

    private static float Wide(int steps)
    {
        Vector256<float> a = Vector256.Create(1.0000001f), b = Vector256.Create(1e-9f);
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
