using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The time stamps, and what else ffmpeg's filter <c>showinfo</c> tells on the error output, a line for each frame before the frame itself
/// comes: raw frames carry nothing of it. Stamps are whole numbers of the stream's time base, and so exact.
/// </summary>
/// <param name="format">the clip's, whose rate is taken where nothing is told</param>
/// <param name="patience">
/// how long a frame waits for its line, 20 s if absent: it comes before the frame, but who reads the lines may be late on a busy machine
/// </param>
internal sealed partial class FrameStamps(VideoFormat format, TimeSpan? patience = null) : IDisposable
{
    private const int Opaque = 255;

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<ShownFrame> _told = [];
    private decimal _ticksOfUnit;
    private int _next;
    private bool _isSilent;
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>Takes a line; true if it was no complaint.</summary>
    public bool Hear(string line)
    {
        if (TimeBase().Match(line) is { Success: true } unit)
            _ticksOfUnit = TimeSpan.TicksPerSecond * Number(unit.Groups[1]) / Number(unit.Groups[2]);
        else if (Frame().Match(line) is { Success: true } frame) _told.Add(Shown(line, frame.Groups[1].Value));
        return !Complaint().IsMatch(line);
    }

    /// <summary>No more lines will come.</summary>
    public void End() => _told.CompleteAdding();

    /// <summary>
    /// The next frame's stamp, later than the one before whatever the file says; by the rate where the file says nothing.
    /// </summary>
    public TimeSpan Next() => Next(out _);

    /// <inheritdoc cref="Next()"/>
    /// <param name="shown">all that was told of the frame</param>
    public TimeSpan Next(out ShownFrame shown)
    {
        // A frame whose line is not understood must not wait for it: ffmpeg itself may be waiting to be read.
        if (!_told.TryTake(out shown, _isSilent ? TimeSpan.Zero : _patience)) _isSilent = true;
        var stamp = shown.Stamp ?? format.StampOf(_next);
        _next++;
        return _last = stamp > _last ? stamp : _last + TimeSpan.FromTicks(1);
    }

    /// <inheritdoc/>
    public void Dispose() => _told.Dispose();

    private ShownFrame Shown(string line, string stamp)
    {
        var size = Size().Match(line);
        var alpha = Alpha().Match(line);
        return new ShownFrame(
            Stamp(stamp), Ticks(_ticksOfUnit) ?? TimeSpan.Zero,
            size.Success ? Pixels(size.Groups[1]) : 0, size.Success ? Pixels(size.Groups[2]) : 0,
            size.Success && size.Groups[3].Value is "T" or "B",
            // The mean is rounded to a whole number; the deviation shows what it hides.
            alpha.Success && (Number(alpha.Groups[1]) < Opaque || Number(alpha.Groups[2]) > 0));
    }

    private TimeSpan? Stamp(string word) =>
        // Twenty digits and ten fit into a double, roughly; their product must be known to fit before it is taken exactly.
        _ticksOfUnit > 0 && long.TryParse(word, CultureInfo.InvariantCulture, out long units)
        && Math.Abs(units * (double)_ticksOfUnit) < long.MaxValue / 2 ? Ticks(units * _ticksOfUnit) : null;

    private static TimeSpan? Ticks(decimal ticks) =>
        Math.Abs(ticks) < long.MaxValue / 2 ? TimeSpan.FromTicks((long)Math.Round(ticks)) : null;

    private static decimal Number(Group digits) => decimal.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static int Pixels(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\[Parsed_showinfo_\d+ @ [^\]]*\] \[info\] config in time_base: ([1-9]\d{0,9})/([1-9]\d{0,9}),")]
    private static partial Regex TimeBase();

    [GeneratedRegex(@"^\[Parsed_showinfo_\d+ @ [^\]]*\] \[info\] n: *\d+ pts: *(\S+) ")]
    private static partial Regex Frame();

    [GeneratedRegex(@" s:(\d{1,8})x(\d{1,8}) i:(\w) ")]
    private static partial Regex Size();

    /// <summary>Of four planes, gbrap's, the last one's mean and deviation. Older versions end a list in a backspace.</summary>
    [GeneratedRegex(@" mean:\[\d{1,5} \d{1,5} \d{1,5} (\d{1,5})[^\d\]]?\] stdev:\[[\d.]+ [\d.]+ [\d.]+ (\d{1,5}\.?\d{0,5})")]
    private static partial Regex Alpha();

    [GeneratedRegex(@"^(\[[^\]]* @ [^\]]*\] )*(\[(error|fatal|panic)\] |\[warning\] .*corrupt)")]
    private static partial Regex Complaint();
}
