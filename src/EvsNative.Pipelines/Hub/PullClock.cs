using System.Diagnostics;

namespace EvsNative.Pipelines.Hub;

/// <summary>Turns bytes that come into a rate and a time left, and tells whoever watches a few times a second.</summary>
/// <param name="bytes">bytes of all files together</param>
/// <param name="watcher">told where it stands</param>
internal sealed class PullClock(long bytes, IProgress<PullStatus>? watcher)
{
    private static readonly TimeSpan Told = TimeSpan.FromMilliseconds(100), Measured = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Time, long Bytes)> _marks = new();
    private long _told, _before;
    private string _what = "";

    /// <summary>Bytes that are there.</summary>
    public long Done { get; private set; }

    /// <summary>A file begins.</summary>
    public void Begin(string what)
    {
        (_what, _before) = (what, Done);
        Tell(what);
    }

    /// <summary>So many bytes of it are there.</summary>
    public void Has(long ofFile)
    {
        Done = _before + ofFile;
        long now = Stopwatch.GetTimestamp();
        if (_marks.Count > 0 && Done < _marks.Last().Bytes) _marks.Clear();
        if (_told != 0 && Stopwatch.GetElapsedTime(_told, now) < Told) return;
        _told = now;
        _marks.Enqueue((now, Done));
        while (_marks.Count > 2 && Stopwatch.GetElapsedTime(_marks.Peek().Time, now) > Measured) _marks.Dequeue();
        Tell(_what);
    }

    /// <summary>Something is waited for.</summary>
    public void Tell(string what)
    {
        double rate = 0;
        if (_marks.Count > 1)
        {
            var (first, last) = (_marks.Peek(), _marks.Last());
            rate = (last.Bytes - first.Bytes) / Math.Max(1e-3, Stopwatch.GetElapsedTime(first.Time, last.Time).TotalSeconds);
        }

        watcher?.Report(new PullStatus(what, Done, bytes, rate, rate > 0 ? (bytes - Done) / rate : null));
    }
}
