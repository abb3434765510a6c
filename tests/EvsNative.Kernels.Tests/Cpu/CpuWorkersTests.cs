using System.Diagnostics;
using System.Runtime.InteropServices;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Tests.Cpu;

public sealed unsafe class CpuWorkersTests
{
    private const int MostItems = 300;

    /// <summary>Counts the runs of each item and notes the job's number.</summary>
    private struct Tally
    {
        public int* Runs, Rounds;
        public int Round;
    }

    /// <summary>Each item waits for all others, so that each thread runs one.</summary>
    private struct Meeting
    {
        public int Guests, Arrived, Thrower;
        public GCHandle Threads, Allocated;
    }

    private struct Cancelling
    {
        public int Runs;
        public GCHandle Source;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Every_item_of_many_thousand_jobs_runs_exactly_once(int threads)
    {
        using var workers = new CpuWorkers(threads);
        var random = new Random(threads);
        int[] runs = new int[MostItems], rounds = new int[MostItems];
        fixed (int* pinnedRuns = runs, pinnedRounds = rounds)
        {
            for (int round = 1; round <= 20_000; round++)
            {
                // Now and then the threads have time to fall asleep, or to be about to.
                if (round % 1000 == 0) Thread.Sleep(2);
                else if (round % 10 == 0) Thread.SpinWait(random.Next(30_000));
                int items = random.Next(3) == 0 ? random.Next(MostItems + 1) : random.Next(6);
                var job = new Tally { Runs = pinnedRuns, Rounds = pinnedRounds, Round = round };
                workers.Run(ref job, items, &Count);
                // Whoever was still at this job would write a number that no round has.
                job.Round = -round;
                for (int item = 0; item < MostItems; item++)
                {
                    bool isRight = item < items ? runs[item] == 1 && rounds[item] == round : runs[item] == 0;
                    if (!isRight)
                        Assert.Fail($"round {round}, {items} items: item {item} ran {runs[item]} times, last in round {rounds[item]}");
                    runs[item] = 0;
                }
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(32)]
    public void Small_jobs_stay_small_with_more_threads_than_processors(int threads)
    {
        const int Jobs = 10_000, Items = 16;
        using var workers = new CpuWorkers(threads);
        var job = new Tally();
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < Jobs; i++) workers.Run(ref job, Items, &Spin);
        double each = watch.Elapsed.TotalMicroseconds / Jobs;
        TestContext.Current.TestOutputHelper!.WriteLine($"{threads} threads: {each:F1} us for a job of {Items} items of about 1 us");
        Assert.InRange(each, 0, 1000);
    }

    [Fact]
    public void All_threads_take_part_and_end_with_the_workers()
    {
        const int Threads = 5;
        var seen = new Thread[Threads];
        using (var workers = new CpuWorkers(Threads))
        {
            Assert.Equal(Threads, workers.Count);
            Meet(workers, Threads, seen);
            workers.Dispose();
        }

        Assert.Equal(Threads, seen.Distinct().Count());
        Assert.Same(Thread.CurrentThread, seen[0]);
        Assert.All(seen[1..], thread => Assert.False(thread.IsAlive, thread.Name));
    }

    [Fact]
    public void Threads_that_sleep_and_threads_that_have_hardly_started_end_too()
    {
        for (int i = 0; i < 60; i++)
        {
            using var workers = new CpuWorkers(1 + (i % 6));
            if (i % 2 == 0) Thread.Sleep(1);
        }
    }

    [Fact]
    public void Idle_threads_fall_asleep_and_the_next_job_wakes_them()
    {
        const int Threads = 4;
        using var workers = new CpuWorkers(Threads);
        for (int round = 0; round < 20; round++)
        {
            Assert.True(SpinWait.SpinUntil(() => workers.Sleeping == Threads - 1, TimeSpan.FromSeconds(30)),
                $"{workers.Sleeping} of {Threads - 1} sleep");
            Meet(workers, Threads, new Thread[Threads]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_exception_reaches_the_caller_from_any_thread_and_the_next_job_runs(int thrower)
    {
        using var workers = new CpuWorkers(2);
        var threads = new Thread[2];
        for (int round = 0; round < 100; round++)
        {
            // As it was thrown: an error without memory must not become one of another kind on its way.
            var error = Assert.Throws<InsufficientMemoryException>(() => Meet(workers, 2, threads, thrower));
            Assert.Contains(nameof(Arrive), error.StackTrace, StringComparison.Ordinal);
            Meet(workers, 2, threads);
        }
    }

    [Fact]
    public void An_exception_of_many_threads_is_the_one_that_was_thrown()
    {
        var thrown = new InsufficientMemoryException("no memory");
        var caught = Assert.Throws<InsufficientMemoryException>(() => FilterUpload.Each(20, i =>
        {
            if (i % 2 == 1) throw thrown;
        }));
        Assert.Same(thrown, caught);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cancelled_job_ends_early_and_the_next_one_runs(int threads)
    {
        using var workers = new CpuWorkers(threads);
        using var source = new CancellationTokenSource();
        workers.Cancellation = source.Token;
        var job = new Cancelling { Source = GCHandle.Alloc(source) };
        Assert.ThrowsAny<OperationCanceledException>(() => Run(1_000_000));
        // The other threads go on until they see it, which on a busy machine is when they are let on again.
        Assert.InRange(job.Runs, 100, 999_999);
        int before = job.Runs;
        Assert.ThrowsAny<OperationCanceledException>(() => Run(10));
        Assert.Equal(before, job.Runs);
        workers.Cancellation = default;
        Run(10);
        Assert.Equal(before + 10, job.Runs);
        job.Source.Free();

        void Run(int items) => workers.Run(ref job, items, &CancelAtTheHundredth);
    }

    [Fact]
    public void No_thread_allocates_whether_it_sleeps_or_spins()
    {
        const int Threads = 3;
        using var workers = new CpuWorkers(Threads);
        long[] allocated = new long[Threads], settled = new long[Threads];
        var job = new Meeting { Thrower = -1, Guests = Threads, Allocated = GCHandle.Alloc(allocated) };
        for (int round = 0; round < 300; round++)
        {
            if (round % 20 == 0) Thread.Sleep(2);
            job.Arrived = 0;
            workers.Run(ref job, Threads, &Weigh);
            if (round == 100) allocated.CopyTo(settled, 0);
        }

        job.Allocated.Free();
        Assert.Equal(settled, allocated);
    }

    /// <summary>Runs a job that needs every thread, and sees who ran it.</summary>
    private static void Meet(CpuWorkers workers, int guests, Thread[] threads, int thrower = -1)
    {
        Array.Clear(threads);
        var job = new Meeting { Guests = guests, Thrower = thrower, Threads = GCHandle.Alloc(threads) };
        try
        {
            workers.Run(ref job, guests, &Arrive);
        }
        finally
        {
            job.Threads.Free();
        }

        Assert.Equal(guests, job.Arrived);
        Assert.DoesNotContain(null, threads);
    }

    private static void Count(Tally* job, int item, int worker)
    {
        Interlocked.Increment(ref job->Runs[item]);
        job->Rounds[item] = job->Round;
    }

    private static void Spin(Tally* job, int item, int worker) => Thread.SpinWait(30);

    private static void Arrive(Meeting* job, int item, int worker)
    {
        ((Thread[])job->Threads.Target!)[worker] = Thread.CurrentThread;
        Wait(job);
        if (worker == job->Thrower) throw new InsufficientMemoryException();
    }

    private static void Weigh(Meeting* job, int item, int worker)
    {
        Wait(job);
        ((long[])job->Allocated.Target!)[worker] = GC.GetAllocatedBytesForCurrentThread();
    }

    private static void Wait(Meeting* job)
    {
        Interlocked.Increment(ref job->Arrived);
        var spin = new SpinWait();
        while (Volatile.Read(ref job->Arrived) < job->Guests) spin.SpinOnce();
    }

    private static void CancelAtTheHundredth(Cancelling* job, int item, int worker)
    {
        if (Interlocked.Increment(ref job->Runs) == 100) ((CancellationTokenSource)job->Source.Target!).Cancel();
    }
}
