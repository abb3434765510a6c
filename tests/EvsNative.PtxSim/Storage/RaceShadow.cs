using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Storage;

/// <summary>
/// Who touched each piece of memory last: one record for the last writer and one for the readers since. A piece has the size of the
/// smallest access so far; when a smaller one comes the pieces are cut, so the check is exact to the byte. A record ("stamp") is
/// <code>
/// bits 63..38  interval between two barriers of a block, counted on over blocks and launches, from 1
/// bits 37..30  interval between two barriers of a warp
/// bits 29..20  thread
/// bits 19..3   instruction
/// bit  2       an atomic operation
/// bit  1       other threads of the warp, too
/// bit  0       threads of other warps, too
/// </code>
/// </summary>
internal sealed unsafe partial class RaceShadow(long bytes) : IDisposable
{
    public const int MostIntervals = (1 << 26) - 1, MostInstructions = 1 << 17;

    private const ulong Atomic = 4, Neighbours = 2, Others = 1;

    private const int IntervalShift = 38, WarpIntervalShift = 30, ThreadShift = 20;

    // The first access says how small the pieces are; without one there are no records.
    private int _piece = int.MaxValue;
    private int _shift;
    private ulong* _writers, _readers;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Stamp(long interval, int warpInterval) =>
        ((ulong)interval << IntervalShift) | ((ulong)(warpInterval & 255) << WarpIntervalShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Stamp(int thread, int instruction) =>
        ((ulong)thread << ThreadShift) | ((ulong)(instruction % MostInstructions) << 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Interval(ulong stamp) => (long)(stamp >> IntervalShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Thread(ulong stamp) => (int)(stamp >> ThreadShift) & 1023;

    public static int Instruction(ulong stamp) => (int)(stamp >> 3) & (MostInstructions - 1);

    /// <summary>Notes a read. Returns the stamp of a write that is in no order with it, or 0.</summary>
    public ulong Read(long offset, int size, ulong stamp, Since since)
    {
        if (size < _piece) Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            if (IsUnordered(writer, stamp, since) && Conflicts(writer, stamp)) conflict = writer;
            if (!IsUnordered(reader, stamp, since)) _readers[piece] = stamp;
            else if ((reader & Others) == 0) _readers[piece] = Joined(reader, stamp);
        }

        return conflict;
    }

    /// <summary>Notes a write. Returns the stamp of an access that is in no order with it, or 0.</summary>
    public ulong Write(long offset, int size, ulong stamp, Since since)
    {
        if (size < _piece) Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            if (IsUnordered(reader, stamp, since) && Conflicts(reader, stamp)) conflict = reader;
            if (IsUnordered(writer, stamp, since) && Conflicts(writer, stamp)) conflict = writer;
            _writers[piece] = stamp;
        }

        return conflict;
    }

    /// <summary>Notes an atomic operation: a write that is in order with others of its kind.</summary>
    public ulong Update(long offset, int size, ulong stamp, Since since)
    {
        if (size < _piece) Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            bool isOpen = IsUnordered(writer, stamp, since);
            if (IsUnordered(reader, stamp, since) && Conflicts(reader, stamp)) conflict = reader;
            if ((writer & Atomic) != 0 && isOpen)
            {
                _writers[piece] = Joined(writer, stamp | Atomic);
                continue;
            }

            if (isOpen && Conflicts(writer, stamp)) conflict = writer;
            _writers[piece] = stamp | Atomic;
        }

        return conflict;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (_writers == null) return;
        NativeMemory.Clear(_writers, Size(bytes, _shift));
        NativeMemory.Clear(_readers, Size(bytes, _shift));
    }

    public void Dispose()
    {
        NativeMemory.Free(_writers);
        NativeMemory.Free(_readers);
        _writers = _readers = null;
    }

    /// <summary>
    /// True if no barrier lies between a record and an access now: it is of this interval, or of another block of this launch. Two of one
    /// thread may be in order all the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUnordered(ulong record, ulong stamp, Since since)
    {
        long interval = Interval(record);
        return interval >= since.Launch && (interval < since.Block || interval == Interval(stamp));
    }

    /// <summary>True if an access now is in no order with an unordered record, or with one of those that joined it.</summary>
    private static bool Conflicts(ulong record, ulong stamp)
    {
        if (Interval(record) != Interval(stamp)) return true;
        if ((record & Others) != 0 || Thread(record) >> 5 != Thread(stamp) >> 5) return true;
        return ((record ^ stamp) & (255ul << 30)) == 0 && (Thread(record) != Thread(stamp) || (record & Neighbours) != 0);
    }

    /// <summary>A record of several accesses: the first of them that is in no order with the new one, with the new one marked.</summary>
    private static ulong Joined(ulong record, ulong stamp)
    {
        if (Interval(record) != Interval(stamp)) return record;
        if (Thread(record) >> 5 != Thread(stamp) >> 5) return record | Others;
        if ((record & Others) != 0) return record;
        if (((record ^ stamp) & (255ul << 30)) != 0) return stamp;
        return Thread(record) == Thread(stamp) ? record : record | Neighbours;
    }

    private void Cut(int size)
    {
        int shift = BitOperations.Log2((uint)size);
        _writers = Cut(_writers, shift);
        _readers = Cut(_readers, shift);
        (_shift, _piece) = (shift, size);
    }

    private ulong* Cut(ulong* records, int shift)
    {
        ulong* cut = Allocate(bytes, shift);
        if (records == null) return cut;
        for (long piece = 0; piece << shift < bytes; piece++) cut[piece] = records[piece << shift >> _shift];
        NativeMemory.Free(records);
        return cut;
    }

    private static ulong* Allocate(long bytes, int shift) => (ulong*)NativeMemory.AllocZeroed(Size(bytes, shift));

    private static nuint Size(long bytes, int shift) => (nuint)((bytes >> shift) + 1) * sizeof(ulong);
}

/// <summary>The first intervals of the launch and of the block that run.</summary>
internal readonly record struct Since(long Launch, long Block);
