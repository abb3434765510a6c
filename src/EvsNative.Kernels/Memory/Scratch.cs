namespace EvsNative.Kernels;

/// <summary>
/// The stack arena of a device: rented memory lies one tensor behind the other and a whole scope is freed at once. It grows by blocks; a
/// run whose peak is known beforehand (a dry run tells it) reserves one block and never allocates again. The same sequence of calls
/// gives the same addresses.
/// </summary>
/// <param name="allocate">gives a block</param>
/// <param name="isGuarded">for tests: each tensor is a block of its own, of its exact size, so that a device that checks bounds checks a
/// tensor's</param>
internal sealed class Scratch(Func<long, DeviceBuffer> allocate, bool isGuarded = false) : IDisposable
{
    private const int Alignment = 64;
    private const long SmallestBlock = 16L << 20;

    private readonly List<(DeviceBuffer Buffer, long Start)> _blocks = [];
    private int _current;
    private long _used;

    /// <summary>A place in the stack to return to.</summary>
    public readonly record struct Mark(int Block, long Used);

    /// <summary>Most bytes in use at any time since the last <see cref="ResetPeak"/>, the unused ends of full blocks included.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes of the largest tensor ever rented; a block must hold it whole.</summary>
    public long LargestBytes { get; private set; }

    /// <summary>Bytes held, in use or not.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Makes room for <paramref name="bytes"/> in one block. The arena must be empty.</summary>
    public void Reserve(long bytes)
    {
        if (_current != 0 || _used != 0) throw new InvalidOperationException("scratch: reserve while memory is rented");
        if (_blocks.Count == 1 && _blocks[0].Buffer.Bytes >= bytes) return;
        Clear();
        Grow(bytes);
    }

    public Tensor Rent(Shape shape, ElementType type)
    {
        long bytes = (shape.Count * type.Bytes() + Alignment - 1) / Alignment * Alignment;
        LargestBytes = Math.Max(LargestBytes, bytes);
        if (isGuarded) return RentGuarded(shape, type);
        while (_current < _blocks.Count && _used + bytes > _blocks[_current].Buffer.Bytes)
        {
            _current++;
            _used = 0;
        }

        if (_current == _blocks.Count) Grow(Math.Max(bytes, SmallestBlock));
        var (buffer, start) = _blocks[_current];
        var tensor = new Tensor(buffer, _used / type.Bytes(), shape, type);
        _used += bytes;
        PeakBytes = Math.Max(PeakBytes, start + _used);
        return tensor;
    }

    public Mark Here() => isGuarded ? new Mark(_blocks.Count, 0) : new Mark(_current, _used);

    /// <summary>
    /// Frees everything rented since the mark. Debug builds fill it with NaN, so that a tensor kept too long fails the first test.
    /// </summary>
    public void Release(Mark mark)
    {
        if (isGuarded)
        {
            for (; _blocks.Count > mark.Block; _blocks.RemoveAt(_blocks.Count - 1)) _blocks[^1].Buffer.Dispose();
            return;
        }

#if DEBUG
        for (int i = mark.Block; i <= _current && i < _blocks.Count; i++)
        {
            long from = i == mark.Block ? mark.Used : 0, to = i == _current ? _used : _blocks[i].Buffer.Bytes;
            Poison(_blocks[i].Buffer, from, to);
        }
#endif
        (_current, _used) = (mark.Block, mark.Used);
    }

    public void ResetPeak() => PeakBytes = _blocks.Count == 0 ? 0 : _blocks[Math.Min(_current, _blocks.Count - 1)].Start + _used;

    public void Dispose() => Clear();

    private Tensor RentGuarded(Shape shape, ElementType type)
    {
        var buffer = allocate(shape.Count * type.Bytes());
        _blocks.Add((buffer, 0));
        return new Tensor(buffer, 0, shape, type);
    }

    private void Grow(long bytes)
    {
        _blocks.Add((allocate(bytes), ReservedBytes));
        ReservedBytes += bytes;
        (_current, _used) = (_blocks.Count - 1, 0);
    }

    private void Clear()
    {
        foreach (var (buffer, _) in _blocks) buffer.Dispose();
        _blocks.Clear();
        (_current, _used, ReservedBytes) = (0, 0, 0);
    }

#if DEBUG
    private static unsafe void Poison(DeviceBuffer buffer, long from, long to)
    {
        if (buffer is not HostBuffer host || to <= from) return;
        for (long at = from; at < to; at += 1L << 30) new Span<byte>(host.Pointer + at, (int)Math.Min(1L << 30, to - at)).Fill(0xFF);
    }
#endif
}
