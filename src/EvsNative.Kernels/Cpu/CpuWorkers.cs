using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// The threads of the CPU backend. A job is an unmanaged struct on the caller's stack and a static method that does one item of it; items
/// are handed out one at a time. What an item computes must not depend on who runs it or when, so results never depend on
/// the number of threads. Nothing is allocated per call, and while jobs follow closely nothing is locked and no system call wakes anybody.
/// <code>
/// gate        open while a job has items, with the number of threads inside. The caller shuts it when none is left and waits until all
///             inside are out; who comes late stays outside. So nobody reads a job that is being replaced, and nobody waits for a thread
///             without a processor
/// generation  grows with each job. A thread without work watches it for a while, then yields its processor for a while, then sleeps
/// sleeping    threads that sleep, or are about to, and have not been called; the caller calls as many as the items need
/// </code>
/// </summary>
internal sealed unsafe class CpuWorkers : IDisposable
{
    private const int Open = 1 << 30;

    // Operations of a pass follow within microseconds; calling a sleeper takes some tens of them.
    private static readonly long WatchTicks = Stopwatch.Frequency / 40_000;
    private static readonly long YieldTicks = Stopwatch.Frequency / 5_000;

    private readonly Thread[] _threads;
    private readonly Semaphore _bell = new(0, int.MaxValue);
    private readonly long _watchTicks;
    private delegate*<void*, int, int, void> _run;
    private void* _job;
    private int _items, _next, _gate, _generation, _sleeping;
    private volatile bool _stop;
    private ExceptionDispatchInfo? _failure;

    public CpuWorkers(int count, bool isDry = false)
    {
        (Count, IsDry) = (count, isDry);
        // Who watches without a processor to spare takes it from who works.
        _watchTicks = count <= Environment.ProcessorCount ? WatchTicks : 0;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"evsnative {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads, the caller's included.</summary>
    public int Count { get; }

    /// <summary>True for those of a dry run: they take jobs, ask whether to stop, and do nothing, in no memory.</summary>
    public bool IsDry { get; }

    /// <summary>Threads that sleep now and take no processor time.</summary>
    public int Sleeping => Volatile.Read(ref _sleeping);

    public CancellationToken Cancellation { get; set; }

    /// <summary>Memory that these workers can reach; a size without memory where they are dry.</summary>
    public DeviceBuffer Allocate(long bytes) => IsDry ? new NullBuffer(bytes) : new HostBuffer(bytes);

    /// <summary>
    /// Calls run(job, item, worker) for every item in 0..items-1, worker in 0..Count-1, and returns when all are done. What an item throws
    /// is thrown here as it is, whoever ran it; the first, if there are several.
    /// </summary>
    public void Run<TJob>(ref TJob job, int items, delegate*<TJob*, int, int, void> run) where TJob : unmanaged
    {
        Cancellation.ThrowIfCancellationRequested();
        if (IsDry) return;
        fixed (TJob* pinned = &job)
        {
            if (items <= 1 || Count == 1)
            {
                for (int item = 0; item < items; item++)
                {
                    Cancellation.ThrowIfCancellationRequested();
                    run(pinned, item, 0);
                }

                return;
            }

            _job = pinned;
            _run = (delegate*<void*, int, int, void>)run;
            (_items, _next, _failure) = (items, 0, null);
            Volatile.Write(ref _gate, Open);
            Call(items - 1);
            Work(0);
            Interlocked.And(ref _gate, ~Open);
            var spin = new SpinWait();
            while (Volatile.Read(ref _gate) != 0) spin.SpinOnce(sleep1Threshold: -1);
        }

        _failure?.Throw();
        Cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        Call(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _bell.Dispose();
    }

    private void Loop(int worker)
    {
        int seen = 0;
        while (true)
        {
            seen = AwaitAfter(seen);
            if (_stop) return;
            if (!TryEnter()) continue;
            Work(worker);
            Interlocked.Decrement(ref _gate);
        }
    }

    private bool TryEnter()
    {
        while (true)
        {
            int gate = Volatile.Read(ref _gate);
            if ((gate & Open) == 0) return false;
            // A gate shut and opened in between is another job's: as good as this one's.
            if (Interlocked.CompareExchange(ref _gate, gate + 1, gate) == gate) return true;
        }
    }

    private void Work(int worker)
    {
        try
        {
            while (!Cancellation.IsCancellationRequested)
            {
                int item = Interlocked.Increment(ref _next) - 1;
                // Unsigned: with nearly 2^31 items the counter may overflow at the end.
                if ((uint)item >= (uint)_items) return;
                _run(_job, item, worker);
            }
        }
#pragma warning disable CA1031 // carried to the caller's thread
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    /// <summary>Waits for a generation other than <paramref name="seen"/> and returns it.</summary>
    private int AwaitAfter(int seen)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            int generation = Volatile.Read(ref _generation);
            if (generation != seen) return generation;
            long waited = Stopwatch.GetTimestamp() - start;
            if (waited < _watchTicks)
            {
                Thread.SpinWait(4);
            }
            else if (waited < YieldTicks)
            {
                Thread.Yield();
            }
            else
            {
                Sleep(seen);
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// Sleeps until called. Calls are not addressed: who is called for another's sake looks around and goes to sleep again.
    /// </summary>
    private void Sleep(int seen)
    {
        Interlocked.Increment(ref _sleeping);
        // A job that came before the increment has not called this thread. If it came after, the call is on its way and must be taken.
        bool isLate = Volatile.Read(ref _generation) != seen;
        if (!isLate || TakeSleepers(1) == 0) _bell.WaitOne();
    }

    /// <summary>Starts a generation and calls sleepers, until <paramref name="wanted"/> threads are awake.</summary>
    private void Call(int wanted)
    {
        Interlocked.Increment(ref _generation);
        int awake = _threads.Length - Volatile.Read(ref _sleeping);
        int called = TakeSleepers(wanted - awake);
        if (called > 0) _bell.Release(called);
    }

    /// <summary>Takes up to <paramref name="most"/> threads from those that count as sleeping; how many.</summary>
    private int TakeSleepers(int most)
    {
        while (true)
        {
            int sleeping = Volatile.Read(ref _sleeping), taken = Math.Min(sleeping, most);
            if (taken <= 0) return 0;
            if (Interlocked.CompareExchange(ref _sleeping, sleeping - taken, sleeping) == sleeping) return taken;
        }
    }
}
