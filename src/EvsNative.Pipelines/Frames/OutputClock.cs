using System.Numerics;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The times of a clip's frames as whole numbers of a unit that holds them exactly: the unit of the clip's own file, or a frame's length
/// where frames follow each other by the rate. Files that count milliseconds hold most rates only roughly; where frames stand as evenly as
/// milliseconds allow, they get their exact times back.
/// </summary>
internal sealed class OutputClock
{
    /// <summary>A unit as long as this, in seconds, rounds what it holds.</summary>
    private const double Coarse = 0.001;

    /// <summary>Finest unit that is made up here, a second has as many.</summary>
    private const int Finest = 1_000_000;

    private readonly VideoFormat _format;
    private readonly bool _isCoarse;
    private readonly long _frame;
    private TimeSpan _first;
    private long _last;
    private int _count;

    /// <summary>Of a clip.</summary>
    /// <param name="format">its rate, and what its file counts times in</param>
    public OutputClock(VideoFormat format)
    {
        _format = format;
        var frame = format.Rate.Inverse();
        var given = format.TimeBase ?? frame;
        var common = given.Value >= Coarse ? Common(given, frame) : null;
        (Unit, _isCoarse) = (common ?? given, common is not null);
        _frame = _isCoarse ? (long)frame.Numerator * Unit.Denominator / ((long)frame.Denominator * Unit.Numerator) : 1;
    }

    /// <summary>The unit, in seconds.</summary>
    public Rational Unit { get; }

    /// <summary>Whether all frames so far follow each other by the rate, as exactly as the clip's file can say it.</summary>
    public bool IsEven { get; private set; } = true;

    /// <summary>The next frame's time in units, later than the one before.</summary>
    /// <param name="stamp">when it is shown; of no account where the clip has no time base</param>
    public long Next(TimeSpan stamp)
    {
        long units = _format.TimeBase is { } given ? Stamped(stamp, given) : _count;
        _last = _count == 0 ? units : Math.Max(units, _last + 1);
        _count++;
        return _last;
    }

    /// <summary>A time in nanoseconds.</summary>
    /// <param name="units">the time in units</param>
    public long Nanoseconds(long units) => (long)Math.Round((decimal)units * Unit.Numerator * 1_000_000_000 / Unit.Denominator);

    private long Stamped(TimeSpan stamp, Rational given)
    {
        if (_count == 0) _first = stamp;
        decimal even = _first.Ticks + (decimal)_count * _format.Rate.Denominator * TimeSpan.TicksPerSecond / _format.Rate.Numerator;
        IsEven &= Math.Abs(stamp.Ticks - even) <= (decimal)TimeSpan.TicksPerSecond * given.Numerator / given.Denominator;
        return _isCoarse && IsEven ? Units(_first) + _count * _frame : Units(stamp);
    }

    private long Units(TimeSpan stamp) =>
        (long)Math.Round((decimal)stamp.Ticks * Unit.Denominator / Unit.Numerator / TimeSpan.TicksPerSecond);

    /// <summary>The longest time that both are multiples of; null where that is too short to count in.</summary>
    private static Rational? Common(Rational a, Rational b)
    {
        var denominator = (BigInteger)a.Denominator * b.Denominator;
        var numerator = BigInteger.GreatestCommonDivisor(
            (BigInteger)a.Numerator * b.Denominator, (BigInteger)b.Numerator * a.Denominator);
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        return denominator <= Finest && numerator <= Finest ? new Rational((int)numerator, (int)denominator) : null;
    }
}
