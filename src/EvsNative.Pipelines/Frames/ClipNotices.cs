using EvsNative.Layers;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>What is dropped, changed or assumed of a clip, as far as ffprobe can tell it before a frame is read.</summary>
/// <param name="path">the clip, for messages</param>
/// <param name="analysis">what ffprobe says of the file</param>
/// <param name="stream">the video stream that is read</param>
internal sealed class ClipNotices(string path, FFProbeAnalysis analysis, FFProbeStream stream)
{
    /// <summary>Brightness curves that mean about the same on a screen.</summary>
    private static readonly string?[] OrdinaryTransfers =
    [
        null, "", "unknown", "reserved", "bt709", "smpte170m", "smpte240m", "bt470m", "bt470bg", "gamma22", "gamma28", "iec61966-2-1",
        "iec61966-2-4", "bt1361e", "bt2020-10", "bt2020-12",
    ];

    /// <summary>Primaries near those of a screen.</summary>
    private static readonly string?[] OrdinaryPrimaries =
        [null, "", "unknown", "reserved", "bt709", "smpte170m", "smpte240m", "bt470m", "bt470bg"];

    private readonly List<Notice> _all = [];

    /// <summary>All of them.</summary>
    /// <param name="assumedMatrix">the colour matrix that nothing tells, in words; null where something does</param>
    /// <param name="rate">that will be taken</param>
    /// <param name="tags">that are left out</param>
    public IReadOnlyList<Notice> All(string? assumedMatrix, Rational rate, int tags)
    {
        TellStreams();
        if (tags > 0) Tell(NoticeCode.Dropped, $"{tags} tag{(tags == 1 ? " is" : "s are")} left out: too long or too many");
        TellColours();
        var pixel = new PixelFormat(stream.PixelFormat);
        if (pixel.Depth > 8) Tell(NoticeCode.Changed, $"{pixel.Depth} bits a colour are read as 8");
        // ffmpeg's own decoders of VP8 and VP9 do not even look at it.
        if (stream.Tags?.Any(tag => tag.Key.Equals("alpha_mode", StringComparison.OrdinalIgnoreCase) && tag.Value == "1") == true)
            Tell(NoticeCode.Dropped, Transparency);
        if (assumedMatrix is not null)
            Tell(NoticeCode.Assumed, $"it does not name its colour matrix: {assumedMatrix} is taken, as is usual for its size");
        if (ClipFormats.IsTimeless(analysis.Format.FormatName))
            Tell(NoticeCode.Assumed, $"a bare {stream.CodecName} stream carries no times: {rate.ToDecimal()} frames a second are taken");
        return _all;
    }

    /// <summary>The line for transparency, whenever it is found out.</summary>
    public static string Transparency =>
        "transparency is left out: what lies under it becomes the picture; compose the clip on a plain colour first";

    /// <summary>Whether a stream is a still picture that belongs to music.</summary>
    public static bool IsCover(FFProbeStream stream) => stream.Disposition?.GetValueOrDefault("attached_pic") == 1;

    private void TellStreams()
    {
        var others = analysis.Streams.Where(other => other.Index != stream.Index).ToArray();
        int Count(string type) => others.Count(other => other.CodecType == type);
        int covers = others.Count(other => other.CodecType == "video" && IsCover(other));
        (string Name, int Count)[] kinds =
        [
            ("sound", Count("audio")), ("subtitles", Count("subtitle")), ("data", Count("data")), ("attachments", Count("attachment")),
            ("cover picture", covers), ("further video streams", Count("video") - covers), ("chapters", analysis.Chapters?.Count ?? 0),
        ];
        string[] dropped =
            [.. kinds.Where(kind => kind.Count > 0).Select(kind => kind.Count == 1 ? kind.Name : $"{kind.Name} ({kind.Count})")];
        if (dropped.Length == 0) return;
        string remedy = kinds[0].Count == 0 ? "" : "; 'ffmpeg -i RESULT -i CLIP -map 0:v -map 1:a -c copy NEW.mp4' adds the sound again";
        Tell(NoticeCode.Dropped, $"left out: {string.Join(", ", dropped)}{remedy}");
    }

    private void TellColours()
    {
        string? curve = stream.ColorTransfer switch { "smpte2084" => "PQ", "arib-std-b67" => "HLG", _ => null };
        if (curve is not null)
        {
            Tell(
                NoticeCode.Changed,
                $"HDR colours ({curve}) are read without tone mapping and come out washed out: convert the clip to SDR (BT.709) first");
        }
        else if (!OrdinaryTransfers.Contains(stream.ColorTransfer) || !OrdinaryPrimaries.Contains(stream.ColorPrimaries))
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
