namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Records of bodies, one launch each instead of hundreds. The first time a body runs as it is, so that kernels are loaded and memory has
/// grown; the second time it is recorded, and from then on the record runs. What cannot be recorded runs as it is for ever.
/// </summary>
internal sealed class CudaGraphs(CudaContext context, Action<string> starting) : IDisposable
{
    /// <summary>Keys that are remembered, the least recently used is forgotten.</summary>
    public const int Most = 8;

    // A body that is recorded over and over, since memory comes and goes, is cheaper as it is.
    private const int MostRecordings = 4;

    private readonly Dictionary<object, Body> _bodies = [];
    private bool _isInside, _isBroken;
    private long _clock;

    private enum State
    {
        New,
        Known,
        Recorded,
        Refused,
    }

    /// <summary>True while a body is being recorded: nothing may be allocated, copied or waited for.</summary>
    public bool IsRecording { get; private set; }

    /// <summary>Does a body, or its record. A body in a body is part of that.</summary>
    public void Replay(object key, Action work)
    {
        if (_isInside)
        {
            work();
            return;
        }

        _isInside = true;
        try
        {
            Do(Find(key), work);
        }
        finally
        {
            _isInside = false;
        }
    }

    /// <summary>Memory that records may use is gone, so they are made anew. A record in the making is given up.</summary>
    public void Forget()
    {
        _isBroken = true;
        foreach (var body in _bodies.Values.Where(body => body.State == State.Recorded)) Drop(body, State.Known);
    }

    /// <summary>What cannot be recorded calls this first.</summary>
    /// <exception cref="InvalidOperationException">a body is being recorded</exception>
    public void Refuse(string what)
    {
        if (!IsRecording) return;
        _isBroken = true;
        throw new InvalidOperationException($"{what} cannot be recorded");
    }

    public void Dispose()
    {
        if (context.TryEnter())
        {
            foreach (var body in _bodies.Values) Drop(body, State.Refused);
        }

        _bodies.Clear();
    }

    private void Do(Body body, Action work)
    {
        if (body.State == State.Known && !TryRecord(body, work)) body.State = State.Refused;
        if (body.State == State.Recorded)
        {
            starting(body.Name);
            context.Enter();
            context.Check(context.Driver.GraphLaunch(body.Executable, context.Stream), "recorded kernels did not start");
            return;
        }

        work();
        if (body.State == State.New) body.State = State.Known;
    }

    private Body Find(object key)
    {
        if (!_bodies.TryGetValue(key, out var body))
        {
            if (_bodies.Count == Most)
            {
                var (oldest, forgotten) = _bodies.MinBy(pair => pair.Value.LastUse);
                Drop(forgotten, State.Refused);
                _bodies.Remove(oldest);
            }

            _bodies[key] = body = new Body($"of record {NameOf(key)}");
        }

        body.LastUse = ++_clock;
        return body;
    }

    /// <summary>Keys may be records of many fields; an error's line needs a word.</summary>
    private static string NameOf(object key) => key as string ?? key.GetType().Name;

    private bool TryRecord(Body body, Action work)
    {
        if (body.Recordings++ == MostRecordings) return false;
        var driver = context.Driver;
        context.Enter();
        if (driver.CaptureBegin(context.Stream) != CudaResult.Success) return false;
        nint graph = 0;
        bool isWhole = false;
        (IsRecording, _isBroken) = (true, false);
        try
        {
            work();
            isWhole = true;
        }
#pragma warning disable CA1031 // whatever went wrong goes wrong again, or does not, when the body then runs as it is
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            isWhole = false;
        }
        finally
        {
            IsRecording = false;
            bool isGood = driver.CaptureEnd(context.Stream, out graph) == CudaResult.Success && isWhole && !_isBroken;
            if (!isGood && graph != 0) driver.GraphDestroy(graph);
            if (!isGood) graph = 0;
        }

        if (graph == 0) return false;
        var made = driver.GraphInstantiate(graph, out nint executable);
        driver.GraphDestroy(graph);
        if (made != CudaResult.Success) return false;
        (body.Executable, body.State) = (executable, State.Recorded);
        return true;
    }

    private void Drop(Body body, State state)
    {
        if (body.Executable != 0 && context.TryEnter()) context.Driver.GraphExecutableDestroy(body.Executable);
        (body.Executable, body.State) = (0, state);
    }

    private sealed class Body(string name)
    {
        public string Name { get; } = name;

        public State State { get; set; }

        public nint Executable { get; set; }

        public int Recordings { get; set; }

        public long LastUse { get; set; }
    }
}
