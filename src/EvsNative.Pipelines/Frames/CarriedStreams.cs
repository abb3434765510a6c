using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// What goes along with the pictures from the file that they came from: sound, subtitles, chapters, a cover, attached files. It is copied
/// as it is where the new file can hold it, else changed into what that can hold, else left out; for the latter two there are lines.
/// </summary>
internal sealed class CarriedStreams
{
    /// <summary>Kilobits a second for a channel of sound that is encoded again, and the least for all of them.</summary>
    private const int ChannelRate = 96, LeastRate = 128;

    private readonly List<string> _arguments = [];
    private readonly List<string> _dropped = [], _failed = [], _changed = [];
    private readonly OriginFile _file;
    private readonly OutputContainer? _container;
    private readonly FfmpegTools _tools;
    private readonly string? _objection;
    private int _sounds, _subtitles, _covers, _attachments;

    /// <summary>Plans what goes along.</summary>
    /// <param name="file">where it is</param>
    /// <param name="container">where it goes; null for a folder, which takes none of it</param>
    /// <param name="tools">the ffmpeg that will do it</param>
    /// <param name="efforts">streams, by their index, that ffmpeg was found not to take over as they are</param>
    /// <param name="objection">what it said of them</param>
    public CarriedStreams(
        OriginFile file, OutputContainer? container, FfmpegTools tools, IReadOnlyDictionary<int, CarryEffort>? efforts = null,
        string? objection = null)
    {
        (_file, _container, _tools, _objection) = (file, container, tools, objection);
        foreach (var stream in file.Streams.Where(stream => !stream.IsChapterText))
            Plan(stream, efforts?.GetValueOrDefault(stream.Index) ?? CarryEffort.AsItIs);
        Chapters = container?.HoldsTags == true ? file.Chapters : [];
        if (Chapters.Count < file.Chapters.Count) _dropped.Add("chapters");
    }

    /// <summary>Chapters that go along.</summary>
    public IReadOnlyList<ClipChapter> Chapters { get; }

    /// <summary>Whether ffmpeg has to read the file again.</summary>
    public bool HasStreams => _arguments.Count > 0;

    /// <summary>Where it is.</summary>
    public OriginFile File => _file;

    /// <summary>Which streams of ffmpeg's second input go where, and how.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>The second input.</summary>
    /// <param name="longest">what is read of it at most, seconds; null for all that belongs to the clip</param>
    public IEnumerable<string> Input(double? longest)
    {
        if (!HasStreams) return [];
        var (from, to) = (_file.Origin.From, _file.Origin.To);
        double? length = longest ?? (to - from)?.TotalSeconds;
        string[] start = from > TimeSpan.Zero ? ["-ss", Seconds(from.TotalSeconds)] : [];
        string[] end = length is { } seconds ? ["-t", Seconds(seconds)] : [];
        return [.. ClipFormats.Guard, .. start, .. end, "-i", FfmpegProcess.FileUrl(_file.Origin.Path)];
    }

    /// <summary>What is left out or changed.</summary>
    /// <param name="path">the output, for messages</param>
    public IEnumerable<Notice> Notices(string path)
    {
        string holder = _container is null ? "a folder of frames" : $"{_container.Ending}";
        string remedy = _container?.Muxer == "matroska" ? "" : "; .mkv holds nearly everything";
        if (_dropped.Count > 0)
        {
            yield return new Notice(
                NoticeCode.Dropped, $"{path}: left out: {string.Join(", ", _dropped.Distinct())}: {holder} has no place for it{remedy}");
        }

        if (_failed.Count > 0)
        {
            yield return new Notice(
                NoticeCode.Dropped,
                $"{path}: left out: {string.Join(", ", _failed.Distinct())}: ffmpeg could not take it over "
                + $"({_objection ?? "no reason given"})");
        }

        if (_changed.Count > 0)
        {
            yield return new Notice(
                NoticeCode.Changed, $"{path}: {string.Join(", ", _changed)}: {holder} cannot hold it as it is{remedy}");
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Name(OriginStream stream) => stream.Kind switch
    {
        "audio" => $"sound ({InputText.Name(stream.Codec)})",
        "subtitle" => $"subtitles ({InputText.Name(stream.Codec)})",
        "video" => stream.IsCover ? "cover picture" : "further video",
        "attachment" => "attached files",
        _ => "data",
    };

    private void Plan(OriginStream stream, CarryEffort effort)
    {
        if (effort == CarryEffort.Nothing)
        {
            _failed.Add(Name(stream));
            return;
        }

        bool isTaken = stream.Kind switch
        {
            "audio" => Take(stream, _container?.Sound, "a", ref _sounds, isAnew: effort == CarryEffort.Anew),
            "subtitle" => Take(stream, _container?.Subtitles, "s", ref _subtitles, isAnew: effort == CarryEffort.Anew),
            "video" when stream.IsCover => _container?.HoldsCover == true && Cover(stream),
            "attachment" => _container?.HoldsAttachments == true && Attach(stream),
            _ => false,
        };
        if (!isTaken) _dropped.Add(Name(stream));
    }

    private bool Take(OriginStream stream, CarriedKind? kind, string letter, ref int count, bool isAnew)
    {
        if (kind is null) return false;
        string codec = "copy";
        if (isAnew || !kind.Holds(stream.Codec))
        {
            if (kind.Encoder(stream.Codec, _tools) is not { } encoder) return false;
            codec = encoder;
            _changed.Add($"{Name(stream)} becomes {Plain(encoder)}");
        }

        Map(stream);
        _arguments.AddRange([$"-c:{letter}:{count}", codec]);
        if (codec != "copy" && letter == "a")
            _arguments.AddRange([$"-b:a:{count}", $"{Math.Max(LeastRate, ChannelRate * stream.Channels)}k"]);
        // A line that was said before the clip begins is not said in it.
        if (codec != "copy" && letter == "s" && _file.Origin.From > TimeSpan.Zero && _tools.IsSince(5, 0))
            _arguments.AddRange([$"-bsf:s:{count}", "noise=drop='lt(pts,0)'"]);
        // Older versions hold these in MP4 for an experiment.
        if (codec == "copy" && _container!.IsQuickTime && stream.Codec is "flac" or "opus")
            _arguments.AddRange(["-strict", "experimental"]);
        count++;
        return true;
    }

    private bool Cover(OriginStream stream)
    {
        Map(stream);
        _covers++;
        _arguments.AddRange([$"-c:v:{_covers}", "copy", $"-disposition:v:{_covers}", "attached_pic"]);
        return true;
    }

    private bool Attach(OriginStream stream)
    {
        Map(stream);
        _arguments.AddRange([$"-c:t:{_attachments++}", "copy"]);
        return true;
    }

    private void Map(OriginStream stream) => _arguments.AddRange(["-map", $"1:{stream.Index}"]);

    private static string Plain(string encoder) => encoder.StartsWith("lib", StringComparison.Ordinal) ? encoder[3..] : encoder;
}

/// <summary>How a stream is taken over, the best first.</summary>
internal enum CarryEffort
{
    /// <summary>Copied, where it has a place as it is.</summary>
    AsItIs,

    /// <summary>Encoded again.</summary>
    Anew,

    /// <summary>Not at all.</summary>
    Nothing,
}
