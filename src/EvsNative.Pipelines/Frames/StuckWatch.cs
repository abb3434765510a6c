namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Ends an encoder that is waited for and does nothing: it takes no bytes, computes nothing, says nothing, and its file does not grow. How
/// long is counted by the clock's own ticks, so that a machine that slept does not end what slept with it.
/// </summary>
internal sealed class StuckWatch : IDisposable
{
    private const int TicksOfPatience = 20;

    private readonly FfmpegProcess _process;
    private readonly string _file;
    private readonly Timer _timer;
    private readonly TimeSpan _tick;
    private (long, TimeSpan, int, long) _seen;
    private long _moved;
    private int _still;

    /// <summary>Watches over a process from the first <see cref="Begin"/> on.</summary>
    /// <param name="process">the encoder</param>
    /// <param name="file">what it writes</param>
    /// <param name="patience">how long it may do nothing</param>
    public StuckWatch(FfmpegProcess process, string file, TimeSpan patience)
    {
        (_process, _file, _tick) = (process, file, patience / TicksOfPatience);
        _timer = new Timer(_ => Look());
    }

    /// <summary>Whether it was ended for doing nothing.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>It is waited for, from now on.</summary>
    public void Begin()
    {
        Moved();
        _timer.Change(_tick, _tick);
    }

    /// <summary>It has taken bytes.</summary>
    public void Moved() => Interlocked.Increment(ref _moved);

    /// <summary>It is no longer waited for.</summary>
    public void End() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        using var ended = new ManualResetEvent(initialState: false);
        if (_timer.Dispose(ended)) ended.WaitOne();
    }

    private void Look()
    {
        var file = new FileInfo(_file);
        var now = (Interlocked.Read(ref _moved), _process.Worked, _process.Complaints, file.Exists ? file.Length : 0);
        _still = now == _seen ? _still + 1 : 0;
        _seen = now;
        if (_still < TicksOfPatience) return;
        IsStuck = true;
        _process.Stop();
    }
}
