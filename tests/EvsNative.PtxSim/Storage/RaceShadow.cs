using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Storage;

/// <summary>
/// Who touched each piece of memory last: one record for the last writer and one for the readers since. A piece has four bytes until a
/// smaller access comes; then the pieces are cut, so the check is exact to the byte. A record ("stamp") is
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
internal sealed unsafe class RaceShadow(long bytes) : IDisposable
{
    public const int MostIntervals = (1 << 26) - 1, MostInstructions = 1 << 17;

    private const ulong Atomic = 4, Neighbours = 2, Others = 1;

    private int _shift = 2;
    private ulong* _writers = Allocate(bytes, 2), _readers = Allocate(bytes, 2);

    public static ulong Stamp(long interval, int warpInterval) => ((ulong)interval << 38) | ((ulong)(warpInterval & 255) << 30);

    public static ulong Stamp(int thread, int instruction) => ((ulong)thread << 20) | ((ulong)(instruction % MostInstructions) << 3);

    public static long Interval(ulong stamp) => (long)(stamp >> 38);

    public static int Thread(ulong stamp) => (int)(stamp >> 20) & 1023;

    public static int Instruction(ulong stamp) => (int)(stamp >> 3) & (MostInstructions - 1);

    /// <summary>Notes a read. Returns the stamp of a write that is in no order with it, or 0.</summary>
    public ulong Read(long offset, int size, ulong stamp, Since since)
    {
        Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            if (writer != 0 && Conflicts(writer, stamp, since)) conflict = writer;
            if (reader != stamp) _readers[piece] = Joined(reader, stamp, since);
        }

        return conflict;
    }

    /// <summary>Notes a write. Returns the stamp of an access that is in no order with it, or 0.</summary>
    public ulong Write(long offset, int size, ulong stamp, Since since)
    {
        Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            if (reader != 0 && Conflicts(reader, stamp, since)) conflict = reader;
            if (writer != 0 && Conflicts(writer, stamp, since)) conflict = writer;
            _writers[piece] = stamp;
        }

        return conflict;
    }

    /// <summary>Notes an atomic operation: a write that is in order with others of its kind.</summary>
    public ulong Update(long offset, int size, ulong stamp, Since since)
    {
        Cut(size);
        ulong conflict = 0;
        for (long piece = offset >> _shift, end = (offset + size - 1) >> _shift; piece <= end; piece++)
        {
            ulong writer = _writers[piece], reader = _readers[piece];
            if (reader != 0 && Conflicts(reader, stamp, since)) conflict = reader;
            if ((writer & Atomic) != 0)
            {
                _writers[piece] = Joined(writer, stamp | Atomic, since);
                continue;
            }

            if (writer != 0 && Conflicts(writer, stamp, since)) conflict = writer;
            _writers[piece] = stamp | Atomic;
        }

        return conflict;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        NativeMemory.Clear(_writers, Size(bytes, _shift));
        NativeMemory.Clear(_readers, Size(bytes, _shift));
    }

    public void Dispose()
    {
        NativeMemory.Free(_writers);
        NativeMemory.Free(_readers);
        _writers = _readers = null;
    }

    /// <summary>True if an access now is in no order with the recorded one, or with one of those that joined it.</summary>
    private static bool Conflicts(ulong record, ulong stamp, Since since)
    {
        long interval = Interval(record);
        if (interval != Interval(stamp)) return interval >= since.Launch && interval < since.Block;
        if ((record & Others) != 0 || Thread(record) >> 5 != Thread(stamp) >> 5) return true;
        return ((record ^ stamp) & (255ul << 30)) == 0 && (Thread(record) != Thread(stamp) || (record & Neighbours) != 0);
    }

    /// <summary>A record of several accesses: the first of them that is in no order with the new one, with the new one marked.</summary>
    private static ulong Joined(ulong record, ulong stamp, Since since)
    {
        long interval = Interval(record);
        if (interval != Interval(stamp)) return interval >= since.Launch && interval < since.Block ? record : stamp;
        if (Thread(record) >> 5 != Thread(stamp) >> 5) return record | Others;
        if ((record & Others) != 0) return record;
        if (((record ^ stamp) & (255ul << 30)) != 0) return stamp;
        return Thread(record) == Thread(stamp) ? record : record | Neighbours;
    }

    private void Cut(int size)
    {
        if (size >= 1 << _shift) return;
        int shift = System.Numerics.BitOperations.Log2((uint)size);
        _writers = Cut(_writers, shift);
        _readers = Cut(_readers, shift);
        _shift = shift;
    }

    private ulong* Cut(ulong* records, int shift)
    {
        ulong* cut = Allocate(bytes, shift);
        for (long piece = 0; piece << shift < bytes; piece++) cut[piece] = records[piece << shift >> _shift];
        NativeMemory.Free(records);
        return cut;
    }

    private static ulong* Allocate(long bytes, int shift) => (ulong*)NativeMemory.AllocZeroed(Size(bytes, shift));

    private static nuint Size(long bytes, int shift) => (nuint)((bytes >> shift) + 1) * sizeof(ulong);
}

/// <summary>The first intervals of the launch and of the block that run.</summary>
internal readonly record struct Since(long Launch, long Block);
