using EvsNative.Layers;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>What is dropped, changed or assumed of a clip, as far as ffprobe can tell it before a frame is read.</summary>
/// <param name="path">the clip, for messages</param>
/// <param name="analysis">what ffprobe says of the file</param>
/// <param name="stream">the video stream that is read</param>
internal sealed class ClipNotices(string path, FFProbeAnalysis analysis, FFProbeStream stream)
{
    private readonly List<Notice> _all = [];

    /// <summary>All of them.</summary>
    /// <param name="assumedMatrix">the colour matrix that nothing tells, in words; null where something does</param>
    /// <param name="colors">its colours; null where they are not known here</param>
    /// <param name="rate">that will be taken</param>
    /// <param name="tags">that are left out</param>
    public IReadOnlyList<Notice> All(string? assumedMatrix, ClipColors? colors, Rational rate, int tags)
    {
        TellStreams();
        if (tags > 0) Tell(NoticeCode.Dropped, $"{tags} tag{(tags == 1 ? " is" : "s are")} left out: too long or too many");
        TellColours(colors);
        var pixel = new PixelFormat(stream.PixelFormat);
        if (pixel.Depth > 8) Tell(NoticeCode.Changed, $"{pixel.Depth} bits a colour are read as 8");
        if (assumedMatrix is not null)
            Tell(NoticeCode.Assumed, $"it does not name its colour matrix: {assumedMatrix} is taken, as is usual for its size");
        if (ClipFormats.IsTimeless(analysis.Format.FormatName))
            Tell(NoticeCode.Assumed, $"a bare {stream.CodecName} stream carries no times: {rate.ToDecimal()} frames a second are taken");
        return _all;
    }

    /// <summary>Whether a stream is a still picture that belongs to music.</summary>
    public static bool IsCover(FFProbeStream stream) => stream.Disposition?.GetValueOrDefault("attached_pic") == 1;

    /// <summary>Sound, subtitles, chapters and the like are the writer's: it knows what its container holds.</summary>
    private void TellStreams()
    {
        int further = analysis.Streams.Count(other => other.Index != stream.Index && other.CodecType == "video" && !IsCover(other));
        if (further > 0)
            Tell(NoticeCode.Dropped, $"left out: {further} further video stream{(further == 1 ? "" : "s")}; the first one is read");
    }

    private void TellColours(ClipColors? colors)
    {
        if (colors is { IsHdr: true } hdr)
        {
            string curve = hdr.Curve == ColorCurve.Pq ? "PQ" : "HLG";
            Tell(NoticeCode.Changed, $"HDR colours ({curve}) are tone-mapped to those of a screen (BT.709)");
        }
        else if (colors is { NeedsConversion: true } wide)
        {
            string gamut = wide.Gamut == ColorGamut.Bt2020 ? "BT.2020" : "Display P3";
            Tell(NoticeCode.Changed, $"wide colours ({gamut}) are converted to those of a screen (BT.709)");
        }
        else if (colors is null)
        {
            Tell(
                NoticeCode.Changed,
                $"its colours (primaries {Word(stream.ColorPrimaries)}, curve {Word(stream.ColorTransfer)}) are taken for BT.709 and look "
                + "different: convert the clip to BT.709 first");
        }
    }

    private static string Word(string? name) => string.IsNullOrEmpty(name) ? "unknown" : InputText.Name(name);

    private void Tell(NoticeCode code, string what) => _all.Add(new Notice(code, $"{path}: {what}"));
}
