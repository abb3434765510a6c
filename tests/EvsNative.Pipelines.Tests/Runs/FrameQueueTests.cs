using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Frames are taken in order by another thread, and no more of them wait than there are buffers.</summary>
public sealed class FrameQueueTests
{
    private const int Bytes = 64;

    [Fact]
    public void Frames_are_taken_in_order()
    {
        List<(int Frame, byte Value)> taken = [];
        using var queue = new FrameQueue(Bytes, (frame, rgb) => taken.Add((frame, rgb[0])));
        for (int i = 0; i < 100; i++) Add(queue, (byte)i);
        queue.Finish();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (i, (byte)i)), taken);
    }

    [Fact]
    public async Task Who_is_ahead_waits()
    {
        using var gate = new SemaphoreSlim(0);
        int taken = 0, added = 0, buffers = FrameQueue.Buffers(Bytes);
        using var queue = new FrameQueue(Bytes, (_, _) =>
        {
            gate.Wait();
            Interlocked.Increment(ref taken);
        });
        var adding = Task.Run(
            () =>
            {
                for (; added < 3 * buffers; added++) Add(queue, 0);
            },
            TestContext.Current.CancellationToken);
        for (int released = 0; released < 2 * buffers; released++)
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref added) == buffers + released, TimeSpan.FromSeconds(60));
            Assert.Equal((released, buffers + released), (Volatile.Read(ref taken), Volatile.Read(ref added)));
            gate.Release();
            SpinWait.SpinUntil(() => Volatile.Read(ref taken) == released + 1, TimeSpan.FromSeconds(60));
        }

        gate.Release(buffers);
        await adding.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        queue.Finish();
        Assert.Equal(3 * buffers, taken);
    }

    [Fact]
    public void A_worker_that_fails_is_heard_of_and_nobody_waits_for_it()
    {
        using var queue = new FrameQueue(Bytes, (frame, _) =>
        {
            if (frame == 3) throw new TimeoutException("the fourth");
        });
        Assert.Throws<TimeoutException>(() =>
        {
            for (int i = 0; i < 1000; i++) Add(queue, 0);
        });
        Assert.Throws<TimeoutException>(queue.Finish);
    }

    [Fact]
    public void Given_up_it_ends_without_the_frames_that_wait()
    {
        using var gate = new SemaphoreSlim(0);
        int taken = 0;
        using (var queue = new FrameQueue(Bytes, (_, _) =>
        {
            taken++;
            gate.Wait();
        }))
        {
            Add(queue, 0);
            Add(queue, 0);
            SpinWait.SpinUntil(() => Volatile.Read(ref taken) == 1);
            // Given up first, let go then: the second frame waits as long as the first is at it.
            Task.Delay(200).ContinueWith(_ => gate.Release(2), TaskScheduler.Default);
        }

        Assert.Equal(1, taken);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(1024 * 1024 * 3, 16)]
    [InlineData(2048 * 2048 * 3, 4)]
    [InlineData(1 << 30, 2)]
    public void Large_frames_are_few(long bytes, int buffers) => Assert.Equal(buffers, FrameQueue.Buffers(bytes));

    private static void Add(FrameQueue queue, byte value)
    {
        byte[] frame = queue.Rent();
        frame[0] = value;
        queue.Add(frame);
    }
}
