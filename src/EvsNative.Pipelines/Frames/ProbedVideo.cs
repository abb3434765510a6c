using System.Text.Json;
using EvsNative.Layers;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffprobe tells of a video file: its first real video stream (cover pictures of music do not count).</summary>
/// <param name="Stream">index of the stream in the file</param>
/// <param name="Format">its frames as they are shown, that is after rotation</param>
/// <param name="Promised">frames that the file says it has</param>
/// <param name="Matrix">the colour matrix to assume, null where the file or ffmpeg knows it</param>
internal sealed record ProbedVideo(int Stream, VideoFormat Format, PromisedFrames Promised, string? Matrix)
{
    // Containers with coarse time stamps (milliseconds in Matroska) give an average a little off the true rate.
    private const double RateTolerance = 0.01;

    private static readonly Rational UsualRate = new(25, 1);

    /// <summary>Whether the file tells the rate; else it is a usual one.</summary>
    public bool IsRateTold { get; init; } = true;

    /// <summary>Whether pixels may be transparent.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether its format carries no times.</summary>
    public bool IsTimeless { get; init; }

    /// <summary>The decoder to ask for; null for the one that ffmpeg chooses, which overlooks the opacity of VP8 and VP9.</summary>
    public string? Decoder { get; init; }

    /// <summary>Its colours; null where they are not known here.</summary>
    public ClipColors? Colors { get; init; }

    /// <summary>"tff" or "bff" where the stream says that frames consist of two fields, upper or lower first; else null.</summary>
    public string? Fields { get; init; }

    /// <summary>What will be dropped, changed or assumed.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>Probes an ordinary file that exists.</summary>
    /// <exception cref="InputException">it is not a clip, or one too large</exception>
    public static ProbedVideo Probe(FfmpegTools tools, string path, CancellationToken cancellation = default) =>
        Probe(tools, path, path, cancellation);

    /// <summary>Probes an ordinary file that exists.</summary>
    /// <param name="tools">the ffmpeg whose ffprobe is asked</param>
    /// <param name="path">the file</param>
    /// <param name="name">what messages call it</param>
    /// <param name="cancellation">kills ffprobe</param>
    /// <exception cref="InputException">it is not a clip, or one too large</exception>
    public static ProbedVideo Probe(FfmpegTools tools, string path, string name, CancellationToken cancellation)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "level+error", .. ClipFormats.Guard, "-print_format", "json", "-show_format", "-show_streams", "-show_chapters",
                FfmpegProcess.FileUrl(path),
            ],
            cancellation);
        if (asked.ExitCode != 0)
        {
            throw ClipFormats.Objection(name, asked.Error) ?? new InputException(
                InputCode.WrongKind,
                $"{name} is not a video that ffmpeg can read: {FfmpegComplaint.Quote(asked.Error.Split('\n'))}: give a video file or a "
                + "folder of frames");
        }

        var video = Of(asked.Output, asked.Error, name);
        return video.Decoder is { } decoder && !HasDecoder(tools, decoder) ? video.WithoutAlpha(name, decoder) : video;
    }

    /// <summary>Understands what ffprobe printed of a file.</summary>
    /// <param name="json">what it printed</param>
    /// <param name="said">what it complained of</param>
    /// <param name="path">the file, for messages</param>
    /// <exception cref="InputException">it is not a clip, or one too large</exception>
    internal static ProbedVideo Of(string json, string said, string path)
    {
        try
        {
            return Understand(json, said, path);
        }
        catch (Exception e) when (e is not (InputException or OutOfMemoryException))
        {
            // The library, and the fields that it hands on as they came, throw whatever they run into.
            string detail = e is JsonException or FormatException ? $" ({InputText.OneLine(e.Message)})" : "";
            throw new InputException(
                InputCode.Damaged, $"{path} has properties that make no sense{detail}: convert it with ffmpeg first", cause: e);
        }
    }

    private static ProbedVideo Understand(string json, string said, string path)
    {
        var analysis = FFProbe.FromJson(json);
        var stream = analysis.VideoStreams.Where(s => !ClipNotices.IsCover(analysis.Raw.Streams.First(raw => raw.Index == s.Index)))
            .MinBy(s => s.Index);
        if (stream?.Width is not > 0 || stream.Height is not > 0)
        {
            throw ClipFormats.Objection(path, said) ?? new InputException(
                InputCode.WrongKind, $"{path} holds no pictures: give a video file or a folder of frames");
        }

        if (stream.Index < 0) throw new FormatException($"stream {stream.Index}");
        var raw = analysis.Raw.Streams.First(s => s.Index == stream.Index);
        bool turned = stream.Rotation % 180 is 90 or -90;
        var aspect = Rational.Parse(raw.SampleAspectRatio) ?? Rational.One;
        (int width, int height) = (stream.Width.Value, stream.Height.Value);
        CheckSize(path, width, height);
        var told = ChooseRate(Rational.Parse(raw.AvgFrameRate), Rational.Parse(raw.FrameRate), path);
        var rate = told ?? UsualRate;
        var tags = new ClipTags(analysis.Format.Tags);
        var format = new VideoFormat(turned ? height : width, turned ? width : height, rate)
        {
            PixelAspect = turned ? aspect.Inverse() : aspect,
            Tags = tags.Kept,
            TimeBase = Rational.Parse(More(raw, "time_base")),
        };
        var pixel = new PixelFormat(stream.PixelFormat);
        var colors = ClipColors.Of(raw.ColorTransfer, raw.ColorPrimaries);
        if (colors is { NeedsConversion: false })
        {
            format = format with
            {
                Colors = ColorTags.Of(stream.PixelFormat, raw.ColorRange, stream.ColorSpace, raw.ColorPrimaries, raw.ColorTransfer),
            };
        }

        bool isAssumed = stream.ColorSpace is null or "" or "unknown" && pixel.IsYuv;
        // Players take an untagged video of more than DVD size for BT.709; ffmpeg alone would take it for BT.601.
        bool isLarge = width >= 1280 || height > 576;
        var (assumed, matrix) = !isAssumed ? (null, null)
            : colors is { IsHdr: true } ? ("BT.2020", "bt2020")
            : isLarge ? ("BT.709", "bt709")
            : ("BT.601", (string?)null);
        double? length = analysis.Raw.Streams.Count == 1 ? analysis.Format.Duration.TotalSeconds : null;
        string? decoder = DecoderOfAlpha(raw);
        return new ProbedVideo(stream.Index, format, PromisedFrames.Of(raw, length, rate), matrix)
        {
            IsRateTold = told is not null,
            HasAlpha = pixel.HasAlpha || decoder is not null,
            IsTimeless = ClipFormats.IsTimeless(analysis.Format.FormatName),
            Decoder = decoder,
            Colors = colors,
            Fields = More(raw, "field_order") switch { "tt" or "tb" => "tff", "bb" or "bt" => "bff", _ => null },
            Notices = new ClipNotices(path, analysis.Raw, raw).All(assumed, colors, rate, tags.Dropped),
        };
    }

    /// <summary>The average keeps the clip's length; the base rate is the exact one where both mean the same.</summary>
    /// <returns>null where the file does not tell: the rate of its clock is none</returns>
    /// <exception cref="InputException">there is one that frames cannot be shown at</exception>
    internal static Rational? ChooseRate(Rational? average, Rational? nominal, string path)
    {
        bool IsPossible(Rational rate) => rate.Value is >= InputLimits.LeastRate and <= InputLimits.MostRate;
        if (average is not { } a) return nominal is { } clock && IsPossible(clock) ? clock : null;
        var rate = nominal is { } n && Math.Abs(n.Value / a.Value - 1) < RateTolerance ? n : a;
        if (IsPossible(rate)) return rate;
        throw new InputException(
            InputCode.OutOfRange,
            $"{path} shows {rate.Value:0.######} frames a second, {InputLimits.LeastRate} to {InputLimits.MostRate} can be worked on: "
            + "convert it with ffmpeg -r 24 first");
    }

    /// <summary>The same video at the rate at which its frames were seen to follow each other, where it does not tell one itself.</summary>
    /// <param name="stamps">when frames are shown, from the first on</param>
    /// <param name="path">the file, for messages</param>
    /// <exception cref="InputException">it is one that frames cannot be shown at</exception>
    public ProbedVideo WithRateOf(IReadOnlyList<TimeSpan> stamps, string path)
    {
        if (IsRateTold) return this;
        long ticks = stamps.Count > 1 ? (stamps[^1] - stamps[0]).Ticks / (stamps.Count - 1) : 0;
        // Microseconds, which fit.
        var seen = ticks > 0 ? ChooseRate(new Rational(1_000_000, (int)Math.Clamp(ticks / 10, 1, int.MaxValue)), null, path) : null;
        return seen is { } rate ? this with { Format = Format with { Rate = rate } } : this;
    }

    /// <summary>VP8 and VP9 keep opacity beside the picture, where ffmpeg's own decoders do not even look.</summary>
    private static string? DecoderOfAlpha(FFProbeStream stream)
    {
        bool hasAlpha = stream.Tags?.Any(
            tag => tag.Key.Equals("alpha_mode", StringComparison.OrdinalIgnoreCase) && tag.Value == "1") == true;
        return !hasAlpha ? null : stream.CodecName switch { "vp8" => "libvpx", "vp9" => "libvpx-vp9", _ => null };
    }

    /// <summary>What the library does not name.</summary>
    private static string? More(FFProbeStream stream, string name) =>
        stream.ExtensionData?.TryGetValue(name, out var value) == true ? value.ToString() : null;

    private static bool HasDecoder(FfmpegTools tools, string name) =>
        ToolProcess.Run(tools.Ffmpeg, ["-hide_banner", "-v", "error", "-h", $"decoder={name}"]).Output
            .StartsWith($"Decoder {name}", StringComparison.Ordinal);

    private ProbedVideo WithoutAlpha(string name, string decoder) => this with
    {
        HasAlpha = false,
        Decoder = null,
        Notices =
        [
            .. Notices,
            new Notice(
                NoticeCode.Dropped,
                $"{name}: transparency is left out: this ffmpeg has no {decoder}, which reads it; what lies under it becomes the picture"),
        ],
    };

    /// <summary>Holds a clip's size against the limits.</summary>
    /// <exception cref="InputException">it is too large</exception>
    internal static void CheckSize(string path, int width, int height)
    {
        if (Math.Max(width, height) <= InputLimits.PictureEdge && (long)width * height <= InputLimits.PicturePixels) return;
        throw new InputException(
            InputCode.TooLarge,
            $"{path} has pictures of {width}x{height} pixels, more than {InputLimits.PictureEdge} on an edge or "
            + $"{InputLimits.PicturePixels >> 20} million in all: use a smaller clip");
    }
}
