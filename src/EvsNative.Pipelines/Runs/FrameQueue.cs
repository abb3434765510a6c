using System.Collections.Concurrent;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// Frames on their way to a worker on a thread of its own, which takes them in order while the next ones are made. As many can be waiting
/// as there are buffers; who wants one more waits for the worker.
/// </summary>
internal sealed class FrameQueue : IDisposable
{
    /// <summary>A group of frames is decoded at once, so this is about a group.</summary>
    private const long Bytes = 48L << 20;

    private const int Least = 2, Most = 16;

    private readonly BlockingCollection<byte[]> _free = [], _full = [];
    private readonly Action<int, byte[]> _take;
    private readonly Task _worker;
    private volatile bool _isGivenUp;

    /// <summary>Starts the worker.</summary>
    /// <param name="frameBytes">bytes of a frame</param>
    /// <param name="take">does what is to be done with a frame of this number, 0 for the first; its buffer is used again afterwards</param>
    public FrameQueue(int frameBytes, Action<int, byte[]> take)
    {
        for (int i = 0; i < Buffers(frameBytes); i++) _free.Add(new byte[frameBytes]);
        _take = take;
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>How many frames of a size are held at most.</summary>
    public static int Buffers(long frameBytes) => (int)Math.Clamp(Bytes / Math.Max(1, frameBytes), Least, Most);

    /// <summary>A buffer to fill and to add, when there is one; what made the worker fail is thrown here.</summary>
    public byte[] Rent()
    {
        if (_worker.IsCompleted) Finish();
        try
        {
            return _free.Take();
        }
        catch (InvalidOperationException) when (_free.IsAddingCompleted)
        {
            Finish();
            throw;
        }
    }

    /// <summary>Hands over a buffer that was rented.</summary>
    public void Add(byte[] frame) => _full.Add(frame);

    /// <summary>There are no more frames: waits until all are taken. What made the worker fail is thrown here.</summary>
    public void Finish()
    {
        _full.CompleteAdding();
        _worker.GetAwaiter().GetResult();
    }

    /// <summary>Ends the worker; frames that wait are dropped.</summary>
    public void Dispose()
    {
        _isGivenUp = true;
        _full.CompleteAdding();
        _worker.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        _full.Dispose();
        _free.Dispose();
    }

    private void Work()
    {
        try
        {
            int frame = 0;
            foreach (byte[] rgb in _full.GetConsumingEnumerable())
            {
                if (_isGivenUp) return;
                _take(frame++, rgb);
                _free.Add(rgb);
            }
        }
        finally
        {
            // Whoever waits for a buffer is let go.
            _free.CompleteAdding();
        }
    }
}
