using System.Runtime.ExceptionServices;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// What becomes of each finished frame, beside the networks' work on the next ones: it is written, hashed, and measured together with the
/// clip's own, which is read once more for that. No more than a few frames are held, however many there are.
/// </summary>
/// <param name="open">starts the result when its first frame is there</param>
/// <param name="format">of the result</param>
/// <param name="stamps">when each frame is shown</param>
/// <param name="given">the clip's frames at the result's size</param>
/// <param name="clean">what the result should look like, at its size; null where that is not known</param>
/// <param name="watcher">sees each pair of frames</param>
/// <param name="stop">stops within a frame</param>
internal sealed class ResultStream(
    Func<VideoFormat, IFrameWriter> open, VideoFormat format, IReadOnlyList<TimeSpan> stamps, ClipFrames given, ClipFrames? clean,
    IPairWatcher? watcher, CancellationToken stop) : IDisposable
{
    private readonly ClipMeasures _before = new(format, stop), _after = new(format, stop);
    private readonly ResultDoubts _doubts = new();
    private readonly FrameHash _hash = new();
    private readonly byte[] _given = new byte[format.FrameBytes], _clean = clean is null ? [] : new byte[format.FrameBytes];
    private readonly byte[] _alpha = new byte[given.AlphaBytes];
    private FrameQueue? _queue;
    private IFrameWriter? _writer;
    private InputException? _lost;
    private int _added;
    private bool _isReleased, _isDisposed;

    /// <summary>The clip that was given, at the result's size; without numbers if it could not be read to its end.</summary>
    public VideoMeasures Before => _lost is null ? _before.Measures : new VideoMeasures(null, null, null);

    /// <summary>The result.</summary>
    public VideoMeasures After => _after.Measures;

    /// <summary>Both over time.</summary>
    public RunSeries Series => RunSeries.Of(stamps, _lost is null ? _before : null, _after);

    /// <summary>See <see cref="VideoInfo.Hash"/>.</summary>
    public string Hash => $"{_hash}";

    /// <summary>What looks wrong, known at the end.</summary>
    public IEnumerable<Notice> Notices => _lost is null ? _doubts.Notices() : _doubts.Notices().Append(
        new Notice(NoticeCode.Damaged, $"the result is not compared with the clip that was given: {_lost.Message}"));

    /// <summary>Most bytes of this that are in memory at once, a writer's frames among them.</summary>
    /// <param name="frameBytes">bytes of a frame of the result</param>
    public static long HeldBytes(long frameBytes)
    {
        // The queue; the clip's frame as read, enlarged, and on its way; brightness of two frames of both clips, in single precision, and
        // a third one with borders; a first frame of each; and for every processor a frame that is encoded, with as much around it.
        const int Held = 4, Brightness = 8, Firsts = 2, Encoded = 4;
        return checked((FrameQueue.Buffers(frameBytes) + Held + Brightness + Firsts + Encoded * Environment.ProcessorCount) * frameBytes);
    }

    /// <summary>Frames that were handed over.</summary>
    public int Added => _added;

    /// <summary>A buffer for the next frame, [H,W,3]. It waits while too many are not taken yet; their fault is thrown here.</summary>
    /// <exception cref="InputException">the result cannot be written; one line says why</exception>
    public byte[] Rent()
    {
        if (_queue is null)
        {
            _writer = open(format);
            watcher?.Begin(format, stamps.Count);
            _queue = new FrameQueue(format.FrameBytes, Take);
        }

        return _queue.Rent();
    }

    /// <summary>Hands over the next frame.</summary>
    /// <param name="number">its number: they come in order</param>
    /// <param name="frame">in a buffer that was rented</param>
    public void Add(int number, byte[] frame)
    {
        if (number != _added++) throw new InvalidOperationException($"Frame {number} came in place of frame {_added - 1}.");
        _queue!.Add(frame);
    }

    /// <summary>All frames are there: waits until they are on the disk, under a temporary name.</summary>
    /// <exception cref="InputException">the result cannot be written; one line says why</exception>
    public void Finish()
    {
        _queue!.Finish();
        _writer!.Finish();
    }

    /// <summary>The writer, finished, which is the caller's from now on.</summary>
    public IFrameWriter Release()
    {
        _isReleased = true;
        return _writer!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _queue?.Dispose();
        if (!_isReleased) _writer?.Dispose();
        _before.Dispose();
        _after.Dispose();
        _hash.Dispose();
    }

    private void Take(int frame, byte[] after)
    {
        stop.ThrowIfCancellationRequested();
        bool isCompared = ReadGiven(frame);
        clean?.Read(frame, _clean);
        List<Action> parts =
        [
            () => Write(frame, after, isCompared ? _alpha : []),
            () => _after.Add(after, _clean),
            () => _doubts.Add(isCompared ? _given : [], after),
        ];
        if (isCompared)
        {
            parts.Add(() => _before.Add(_given, _clean));
            if (watcher is not null) parts.Add(() => watcher.Add(_given, after, stamps[frame]));
        }

        AtOnce(parts);
    }

    /// <summary>A result is not thrown away because the clip, which was whole before the work, can no longer be read.</summary>
    private bool ReadGiven(int frame)
    {
        if (_lost is not null) return false;
        try
        {
            given.Read(frame, _given, _alpha);
            return true;
        }
        catch (InputException e)
        {
            _lost = e;
            return false;
        }
    }

    private void Write(int frame, byte[] after, byte[] alpha)
    {
        _hash.Add(after);
        _writer!.Write(after, alpha, stamps[frame]);
    }

    private static void AtOnce(List<Action> parts)
    {
        try
        {
            Parallel.Invoke([.. parts]);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }
}
