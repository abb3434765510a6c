namespace EvsNative.Kernels.Tests;

/// <summary>
/// Operations that have run once take nothing more: no managed memory on any thread, no memory of the host, and no thread waits for
/// another's lock.
/// </summary>
[Collection(nameof(WholeProcess))]
public sealed class SteadyStateTests
{
    private const int Calls = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_operation_allocates_once_it_has_run(int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter("test");
        // The larger shapes first, as a pass meets all of its shapes: smaller ones find room enough.
        foreach (int width in (int[])[47, 31])
            foreach (var (name, run, _) in EveryOperation.Of(d, width))
            {
                run();
                run();
                long held = HostBuffer.HeldBytes, arena = d.HeldBytes;
                // A collection in between counts the rest of the thread's allocation window, up to 8 KiB, as allocated.
                long allocated = Least(GC.GetAllocatedBytesForCurrentThread, () => Repeat(run, Calls));
                Assert.True(allocated == 0, $"{name} allocates {allocated} bytes in {Calls} calls");
                Assert.True((HostBuffer.HeldBytes, d.HeldBytes) == (held, arena),
                    $"{name} holds {HostBuffer.HeldBytes - held} bytes more after {Calls} calls");
            }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void No_thread_allocates(int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter("test");
        foreach (var (name, run, _) in EveryOperation.Of(d))
        {
            run();
            long allocated = Least(() => GC.GetTotalAllocatedBytes(precise: true), () => Repeat(run, Calls));
            Assert.True(allocated == 0, $"{name}: {allocated} bytes are allocated in {Calls} calls");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void No_thread_waits_for_a_lock(int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter("test");
        var operations = EveryOperation.Of(d);
        long waits = Least(() => Monitor.LockContentionCount, () => operations.ForEach(operation => Repeat(operation.Run, 10 * Calls)));
        Assert.Equal(0, waits);
    }

    [Fact]
    public void A_dry_run_takes_no_memory_of_the_host()
    {
        long held = HostBuffer.HeldBytes;
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var scope = d.Enter("test");
        foreach (var (name, run, _) in EveryOperation.Of(d))
        {
            run();
            Assert.True(HostBuffer.HeldBytes == held, $"{name} holds {HostBuffer.HeldBytes - held} bytes");
        }
    }

    /// <summary>
    /// By how much a counter of the process grows. The test's own machinery may do something at one time, but not at every one.
    /// </summary>
    private static long Least(Func<long> counter, Action run)
    {
        long least = long.MaxValue;
        for (int time = 0; time < 10 && least > 0; time++)
        {
            long before = counter();
            run();
            least = Math.Min(least, counter() - before);
        }

        return least;
    }

    private static void Repeat(Action run, int times)
    {
        for (int i = 0; i < times; i++) run();
    }
}
