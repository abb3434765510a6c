namespace EvsNative.Kernels.Cpu;

/// <summary>
/// The threads of the CPU backend. A job is an unmanaged struct on the caller's stack and a static method that does one item of it; items
/// are handed out one at a time. What an item computes must not depend on who runs it or when, so results never depend on
/// the number of threads. Nothing is allocated per call.
/// </summary>
internal sealed unsafe class CpuWorkers : IDisposable
{
    private const int SpinsBeforeSleep = 200;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private delegate*<void*, int, int, void> _run;
    private void* _job;
    private int _items, _next, _busy;
    private volatile bool _stop;
    private Exception? _failure;

    public CpuWorkers(int count)
    {
        Count = count;
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

    public CancellationToken Cancellation { get; set; }

    /// <summary>Calls run(job, item, worker) for every item in 0..items-1, worker in 0..Count-1, and returns when all are done.</summary>
    public void Run<TJob>(ref TJob job, int items, delegate*<TJob*, int, int, void> run) where TJob : unmanaged
    {
        Cancellation.ThrowIfCancellationRequested();
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
            int helpers = Math.Min(_threads.Length, items - 1);
            Volatile.Write(ref _busy, helpers);
            _wake.Release(helpers);
            Work(0);
            var spin = new SpinWait();
            while (Volatile.Read(ref _busy) != 0) spin.SpinOnce(sleep1Threshold: -1);
        }

        if (_failure is { } failure) throw new InvalidOperationException("a kernel failed", failure);
        Cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        _wake.Release(Math.Max(1, _threads.Length));
        foreach (var thread in _threads) thread.Join();
        _wake.Dispose();
    }

    private void Loop(int worker)
    {
        while (true)
        {
            for (int i = 0; i < SpinsBeforeSleep && _wake.CurrentCount == 0; i++) Thread.SpinWait(20);
            _wake.Wait();
            if (_stop) return;
            Work(worker);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void Work(int worker)
    {
        try
        {
            while (!Cancellation.IsCancellationRequested)
            {
                int item = Interlocked.Increment(ref _next) - 1;
                if (item >= _items) return;
                _run(_job, item, worker);
            }
        }
#pragma warning disable CA1031 // carried to the caller's thread
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = e;
        }
    }
}
