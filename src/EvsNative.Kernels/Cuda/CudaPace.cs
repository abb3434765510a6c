namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Keeps the host from running ahead of the device by more than a few dozen launches, so that a run can be cancelled, without ever letting
/// the device run dry: the host waits for the mark before the last one.
/// </summary>
internal sealed class CudaPace : IDisposable
{
    private const int Launches = 64;

    private readonly CudaContext _context;
    private readonly nint[] _marks = new nint[2];
    private readonly bool[] _isSet = new bool[2];
    private int _count, _next;

    public CudaPace(CudaContext context)
    {
        _context = context;
        try
        {
            for (int i = 0; i < _marks.Length; i++)
                context.Check(context.Driver.EventCreate(isTimed: false, out _marks[i]), "no event can be made");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>One kernel was started.</summary>
    public void Step()
    {
        if (++_count >= Launches) Mark();
    }

    /// <summary>Something long was started.</summary>
    public void Mark()
    {
        _count = 0;
        if (_isSet[_next]) _context.Check(_context.Driver.EventSynchronize(_marks[_next]), "the device failed");
        _context.Check(_context.Driver.EventRecord(_marks[_next], _context.Stream), "the device failed");
        _isSet[_next] = true;
        _next = 1 - _next;
    }

    public void Dispose()
    {
        if (!_context.TryEnter()) return;
        foreach (nint mark in _marks)
        {
            if (mark != 0) _context.Driver.EventDestroy(mark);
        }
    }
}
