using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The time stamps that ffmpeg's filter <c>showinfo</c> tells on the error output, a line for each frame before the frame itself comes: raw
/// frames carry none. They are whole numbers of the stream's time base, and so exact.
/// </summary>
internal sealed partial class FrameStamps(VideoFormat format) : IDisposable
{
    private readonly BlockingCollection<TimeSpan?> _told = [];
    private decimal _ticksOfUnit;
    private int _next;
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>Takes a line; true if it was no complaint.</summary>
    public bool Hear(string line)
    {
        if (TimeBase().Match(line) is { Success: true } unit)
            _ticksOfUnit = TimeSpan.TicksPerSecond * Number(unit.Groups[1]) / Number(unit.Groups[2]);
        else if (Frame().Match(line) is { Success: true } frame) _told.Add(Stamp(frame.Groups[1].Value));
        return !Complaint().IsMatch(line);
    }

    /// <summary>No more lines will come.</summary>
    public void End() => _told.CompleteAdding();

    /// <summary>
    /// The next frame's stamp, later than the one before whatever the file says; by the rate where the file says nothing.
    /// </summary>
    public TimeSpan Next()
    {
        _told.TryTake(out var told, Timeout.Infinite);
        var stamp = told ?? format.StampOf(_next);
        _next++;
        return _last = stamp > _last ? stamp : _last + TimeSpan.FromTicks(1);
    }

    /// <inheritdoc/>
    public void Dispose() => _told.Dispose();

    private TimeSpan? Stamp(string word) => _ticksOfUnit > 0 && long.TryParse(word, CultureInfo.InvariantCulture, out long units)
        && Math.Abs(units * _ticksOfUnit) < long.MaxValue / 2 ? TimeSpan.FromTicks((long)Math.Round(units * _ticksOfUnit)) : null;

    private static decimal Number(Group digits) => decimal.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\[Parsed_showinfo_\d+ @ [^\]]*\] \[info\] config in time_base: ([1-9]\d{0,9})/([1-9]\d{0,9}),")]
    private static partial Regex TimeBase();

    [GeneratedRegex(@"^\[Parsed_showinfo_\d+ @ [^\]]*\] \[info\] n: *\d+ pts: *(\S+) ")]
    private static partial Regex Frame();

    [GeneratedRegex(@"^(\[[^\]]* @ [^\]]*\] )*\[(error|fatal|panic)\] ")]
    private static partial Regex Complaint();
}
