using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The lines of ffmpeg's filter <c>showinfo</c>, one for each frame, and the complaints between them. Stamps are whole numbers of the
/// stream's time base, and so exact.
/// </summary>
/// <param name="format">the clip's, whose rate is taken where no stamp is told</param>
/// <param name="begin">the clip's moment that ffmpeg's stamps count from</param>
internal sealed partial class ShowinfoReport(VideoFormat format, TimeSpan begin = default)
{
    private const int Opaque = 255;

    private readonly List<ShownFrame> _frames = [];
    private decimal _ticksOfUnit;

    /// <summary>The frames so far.</summary>
    public IReadOnlyList<ShownFrame> Frames => _frames;

    /// <summary>How many frames had been told of when the first complaint came; null as long as none did.</summary>
    public int? FirstComplaint { get; private set; }

    /// <summary>Takes a line; true if it was no complaint.</summary>
    public bool Hear(string line)
    {
        if (TimeBase().Match(line) is { Success: true } unit)
            _ticksOfUnit = TimeSpan.TicksPerSecond * Number(unit.Groups[1]) / Number(unit.Groups[2]);
        else if (Frame().Match(line) is { Success: true } frame) _frames.Add(Shown(line, frame.Groups[1].Value));
        bool isComplaint = Complaint().IsMatch(line);
        if (isComplaint) FirstComplaint ??= _frames.Count;
        return !isComplaint;
    }

    private ShownFrame Shown(string line, string stamp)
    {
        var size = Size().Match(line);
        var alpha = Alpha().Match(line);
        return new ShownFrame(
            Later(begin + (Stamp(stamp) ?? format.StampOf(_frames.Count))),
            size.Success ? Pixels(size.Groups[1]) : 0, size.Success ? Pixels(size.Groups[2]) : 0,
            size.Success && size.Groups[3].Value is "T" or "B",
            // The mean is rounded to a whole number; the deviation shows what it hides.
            alpha.Success && (Number(alpha.Groups[1]) < Opaque || Number(alpha.Groups[2]) > 0));
    }

    /// <summary>Whatever the file says, a frame comes after the one before.</summary>
    private TimeSpan Later(TimeSpan stamp) =>
        _frames.Count > 0 && stamp <= _frames[^1].Stamp ? _frames[^1].Stamp + TimeSpan.FromTicks(1) : stamp;

    private TimeSpan? Stamp(string word) =>
        // Twenty digits and ten fit into a double, roughly; their product must be known to fit before it is taken exactly.
        _ticksOfUnit > 0 && long.TryParse(word, CultureInfo.InvariantCulture, out long units)
        && Math.Abs(units * (double)_ticksOfUnit) < long.MaxValue / 4 ? TimeSpan.FromTicks((long)Math.Round(units * _ticksOfUnit)) : null;

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
