using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.PtxSim.Storage;

/// <summary>The same for lanes of a warp one behind the other, four records at a time.</summary>
internal sealed unsafe partial class RaceShadow
{
    private const int Records = 4;
    private const ulong ThreadStep = 1ul << ThreadShift, WarpBits = 31ul << (ThreadShift + 5), ThreadBits = 1023ul << ThreadShift;

    /// <summary>Notes reads as long as no writer is in no order with them. Returns of how many lanes.</summary>
    /// <param name="offset">of the first lane</param>
    /// <param name="size">of each lane</param>
    /// <param name="lanes">how many at most</param>
    /// <param name="stamp">of the first lane; the others are the next threads</param>
    /// <param name="since">what counts as in order</param>
    public int ReadRow(long offset, int size, int lanes, ulong stamp, Since since)
    {
        if (size < _piece) Cut(size);
        int pieces = size >> _shift, step = Math.Max(1, Records / pieces);
        var order = new Order(since, stamp);
        ulong* writers = _writers + (offset >> _shift), readers = _readers + (offset >> _shift);
        int done = 0;
        for (; done + step <= lanes; done += step)
        {
            for (int end = Math.Max(pieces, Records), at = 0; at < end; at += Records)
            {
                if (order.IsAnyOpen(Vector256.Load(writers + at))) return done;
            }

            for (int end = Math.Max(pieces, Records), at = 0; at < end; at += Records)
            {
                var record = Vector256.Load(readers + at);
                Joined(record, Stamps(stamp, pieces), order).Store(readers + at);
            }

            int moved = Math.Max(pieces, Records);
            writers += moved;
            readers += moved;
            stamp += (ulong)step * ThreadStep;
        }

        return done;
    }

    /// <summary>Notes writes as long as no other access is in no order with them. Returns of how many lanes.</summary>
    /// <inheritdoc cref="ReadRow"/>
    public int WriteRow(long offset, int size, int lanes, ulong stamp, Since since)
    {
        if (size < _piece) Cut(size);
        int pieces = size >> _shift, step = Math.Max(1, Records / pieces), moved = Math.Max(pieces, Records);
        var order = new Order(since, stamp);
        ulong* writers = _writers + (offset >> _shift), readers = _readers + (offset >> _shift);
        int done = 0;
        for (; done + step <= lanes; done += step)
        {
            for (int at = 0; at < moved; at += Records)
            {
                if (order.IsAnyOpen(Vector256.Load(writers + at)) || order.IsAnyOpen(Vector256.Load(readers + at))) return done;
            }

            for (int at = 0; at < moved; at += Records) Stamps(stamp, pieces).Store(writers + at);
            writers += moved;
            readers += moved;
            stamp += (ulong)step * ThreadStep;
        }

        return done;
    }

    /// <summary>Stamps of four records: of one thread, of two or of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Stamps(ulong stamp, int pieces) => Vector256.Create(stamp) + pieces switch
    {
        1 => Vector256.Create(0, ThreadStep, 2 * ThreadStep, 3 * ThreadStep),
        2 => Vector256.Create(0, 0, ThreadStep, ThreadStep),
        _ => Vector256<ulong>.Zero,
    };

    /// <summary>
    /// What becomes of the readers' records: the stamp where they are in order with it, else as <see cref="Joined(ulong, ulong)"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Joined(Vector256<ulong> record, Vector256<ulong> stamp, Order order)
    {
        var open = order.IsOpen(record);
        if (open == Vector256<ulong>.Zero) return stamp;
        var difference = record ^ stamp;
        var isOfOthers = ~None(record, Others);
        var isOfWarp = None(difference, WarpBits);
        var isOfInterval = None(difference, 255ul << WarpIntervalShift);
        var isOfThread = None(difference, ThreadBits);
        var joined = Vector256.ConditionalSelect(
            isOfInterval,
            Vector256.ConditionalSelect(isOfThread, record, record | Vector256.Create(Neighbours)),
            stamp);
        joined = Vector256.ConditionalSelect(isOfWarp, joined, record | Vector256.Create(Others));
        joined = Vector256.ConditionalSelect(isOfOthers | ~order.IsNow(record), record, joined);
        return Vector256.ConditionalSelect(open, joined, stamp);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> None(Vector256<ulong> record, ulong bits) =>
        Vector256.Equals(record & Vector256.Create(bits), Vector256<ulong>.Zero);

    /// <summary>Which records are in order with an access now, as <see cref="IsUnordered"/> has it.</summary>
    private readonly struct Order(Since since, ulong stamp)
    {
        private readonly Vector256<long> _launch = Vector256.Create(since.Launch), _block = Vector256.Create(since.Block),
            _now = Vector256.Create(Interval(stamp));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsAnyOpen(Vector256<ulong> records) => IsOpen(records) != Vector256<ulong>.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<ulong> IsOpen(Vector256<ulong> records)
        {
            var interval = (records >>> IntervalShift).AsInt64();
            var isNowOrOfAnother = Vector256.GreaterThan(_block, interval) | Vector256.Equals(interval, _now);
            return Vector256.AndNot(isNowOrOfAnother, Vector256.GreaterThan(_launch, interval)).AsUInt64();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<ulong> IsNow(Vector256<ulong> records) =>
            Vector256.Equals((records >>> IntervalShift).AsInt64(), _now).AsUInt64();
    }
}
