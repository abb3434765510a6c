using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>A video file that was looked at: what ffprobe and a pass over its frames tell, and which of them are wanted.</summary>
internal sealed class VideoClip
{
    private readonly List<Notice> _notices = [];

    /// <summary>Looks at a file.</summary>
    /// <param name="path">an ordinary file; ffmpeg opens no other, whatever the file refers to</param>
    /// <param name="name">what messages call it</param>
    /// <param name="choice">which frames are wanted; the rate is not changed here</param>
    /// <param name="cancellation">kills ffmpeg</param>
    /// <param name="tools">the ffmpeg to use; the one of the search path if absent</param>
    /// <exception cref="InputException">no such file, not a clip, damaged, no ffmpeg; ffmpeg's own words are quoted</exception>
    public VideoClip(string path, string name, ClipChoice choice, CancellationToken cancellation, FfmpegTools? tools = null)
    {
        ProveReadable(path, name);
        (Path, Name, Tools) = (path, name, tools ?? FfmpegTools.Find());
        Video = ProbedVideo.Probe(Tools, path, name, cancellation);
        Survey = ClipSurvey.Make(Tools, path, name, Video, choice, cancellation);
        Video = Video.WithRateOf(Survey.Stamps, name);
        _notices.AddRange(Video.Notices);
        if (new ClipDamage(Survey, Video).Words is { } damage)
        {
            if (!choice.AcceptsDamage)
                throw new InputException(InputCode.Damaged, $"{name}: {damage}: get it whole, or take what there is with --accept-damaged");
            Tell(NoticeCode.Damaged, damage);
        }

        Part = ClipPart.Of(Survey.Stamps, choice, name, _notices);
        bool isConverted = Video.Colors is { NeedsConversion: true };
        HasAlpha = Video.HasAlpha && Survey.IsTransparent && !isConverted;
        if (Survey.IsTransparent && isConverted) Tell(NoticeCode.Dropped, "transparency is left out: it is not read of such colours");
        Format = Video.Format with { HasAlpha = HasAlpha };
        TellWhatIsChanged();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The ffmpeg that reads it.</summary>
    public FfmpegTools Tools { get; }

    /// <summary>What ffprobe says.</summary>
    public ProbedVideo Video { get; }

    /// <summary>What the pass over its frames told.</summary>
    public ClipSurvey Survey { get; }

    /// <summary>The frames that are wanted.</summary>
    public ClipPart Part { get; }

    /// <summary>Size, rate and tags of the frames that are read.</summary>
    public VideoFormat Format { get; }

    /// <summary>Whether a pixel is not fully opaque.</summary>
    public bool HasAlpha { get; }

    /// <summary>What is dropped, changed or assumed.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>When the wanted frames are shown, from the first one's time on where not all are wanted.</summary>
    public TimeSpan[] Stamps => [.. Survey.Stamps[Part.First..Part.End].Select(stamp => stamp - Part.From)];

    /// <summary>When the last wanted frame is no longer shown, on the clock of <see cref="Stamps"/>.</summary>
    public TimeSpan Ending
    {
        get
        {
            var stamps = Survey.Stamps;
            if (Part.End < stamps.Length) return stamps[Part.End] - Part.From;
            var last = Part.End > 1 ? stamps[^1] - stamps[^2] : Format.StampOf(1);
            return stamps[^1] + last - Part.From;
        }
    }

    private static void ProveReadable(string path, string name)
    {
        using var file = OrdinaryFile.Open(path);
        if (RandomAccess.GetLength(file) == 0)
        {
            throw new InputException(
                InputCode.WrongKind, $"{name} is an empty file, not a video: give a video file or a folder of frames");
        }
    }

    private void TellWhatIsChanged()
    {
        if (Survey.Interlaced > 0)
            Tell(NoticeCode.Changed, $"{Survey.Interlaced} of {Survey.Frames.Count} frames are interlaced: made whole by bwdif");
        else if (Video.Fields is not null)
            Tell(NoticeCode.Changed, "its stream is interlaced, though its frames do not say so: made whole by bwdif");
        if (HasAlpha) Tell(NoticeCode.Changed, Transparency);
    }

    /// <summary>The line about transparency.</summary>
    internal static string Transparency =>
        "transparent pixels take the colours of opaque ones around them; the opacity itself goes along unrefined";

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{Name}: {what}"));
}
