using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// What only reading tells of a clip: combs, transparent pixels, uneven times, frames that are missing, ffmpeg's complaints. Told when the
/// last frame was read.
/// </summary>
/// <param name="path">the clip, for messages</param>
/// <param name="rate">frames a second that it will have</param>
/// <param name="promised">frames that the file promises</param>
internal sealed class ClipWatch(string path, Rational rate, PromisedFrames promised)
{
    // Rates are averages and stamps are rounded; less than this nobody sees.
    private const double Tolerance = 0.05;

    private readonly double _even = 1 / rate.Value;
    private int _count, _interlaced;
    private bool _isTransparent, _isUneven;
    private double _shortest = double.PositiveInfinity, _longest, _lastGap;
    private TimeSpan _last;

    /// <summary>Takes a frame.</summary>
    /// <param name="shown">what the filter said of it</param>
    /// <param name="stamp">when it is shown</param>
    public void See(ShownFrame shown, TimeSpan stamp)
    {
        if (shown.IsInterlaced) _interlaced++;
        _isTransparent |= shown.IsTransparent;
        if (_count > 0)
        {
            double gap = (stamp - _last).TotalSeconds;
            _isUneven |= Math.Abs(gap - _even) > Math.Max(shown.Unit.TotalSeconds * 1.5, _even * Tolerance);
            _lastGap = gap;
            (_shortest, _longest) = (Math.Min(_shortest, gap), Math.Max(_longest, gap));
        }

        _last = stamp;
        _count++;
    }

    /// <summary>What there is to say at the end.</summary>
    /// <param name="complaints">ffmpeg's lines</param>
    /// <param name="count">how many there were, of which some may not have been kept</param>
    public IEnumerable<Notice> Notices(IReadOnlyList<string> complaints, int count)
    {
        if (_interlaced > 0)
        {
            yield return Tell(
                NoticeCode.Damaged,
                $"{_interlaced} of {_count} frames are interlaced, and their combs become part of the picture: deinterlace the clip first "
                + "('ffmpeg -i CLIP -vf bwdif NEW.mp4')");
        }

        if (_isTransparent) yield return Tell(NoticeCode.Dropped, ClipNotices.Transparency);
        if (_isUneven)
        {
            yield return Tell(
                NoticeCode.Changed,
                $"its frames follow each other after {Seconds(_shortest)} to {Seconds(_longest)} s; written as a video, each is shown for "
                + $"{Seconds(_even)} s");
        }

        string? missing = promised.Missing(_count, _last.TotalSeconds + (_count > 1 ? _lastGap : _even));
        string more = count > 1 ? $" and {count - 1} more" : "";
        string said = count == 0 ? "" : $"ffmpeg complains ({FfmpegComplaint.QuoteFirst(complaints)}{more})";
        if (missing is not null)
        {
            yield return Tell(
                NoticeCode.Damaged,
                $"only {missing} could be read: it is cut off or damaged{(said.Length > 0 ? $"; {said}" : "")}");
        }
        else if (said.Length > 0)
        {
            yield return Tell(NoticeCode.Damaged, $"{said}: frames may be damaged or missing; play the clip and look");
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private Notice Tell(NoticeCode code, string what) => new(code, $"{path}: {what}");
}
