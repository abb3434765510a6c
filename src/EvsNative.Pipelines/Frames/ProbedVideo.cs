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

    /// <summary>Whether pixels may be transparent.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>What will be dropped, changed or assumed.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>Probes an ordinary file that exists.</summary>
    /// <exception cref="InputException">it is not a clip, or one too large</exception>
    public static ProbedVideo Probe(FfmpegTools tools, string path, CancellationToken cancellation = default)
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
            throw ClipFormats.Objection(path, asked.Error) ?? Moving(path) ?? new InputException(
                InputCode.WrongKind,
                $"{path} is not a video that ffmpeg can read: {FfmpegComplaint.Quote(asked.Error.Split('\n'))}: give a video file or a "
                + "folder of PNG frames");
        }

        return Of(asked.Output, asked.Error, path);
    }

    /// <summary>Understands what ffprobe printed of a file.</summary>
    /// <param name="json">what it printed</param>
    /// <param name="said">what it complained of</param>
    /// <param name="path">the file</param>
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
            throw ClipFormats.Objection(path, said) ?? Moving(path) ?? new InputException(
                InputCode.WrongKind, $"{path} holds no pictures: give a video file or a folder of PNG frames");
        }

        if (stream.Index < 0) throw new FormatException($"stream {stream.Index}");
        var raw = analysis.Raw.Streams.First(s => s.Index == stream.Index);
        bool turned = stream.Rotation % 180 is 90 or -90;
        var aspect = Rational.Parse(raw.SampleAspectRatio) ?? Rational.One;
        (int width, int height) = (stream.Width.Value, stream.Height.Value);
        CheckSize(path, width, height);
        var rate = ChooseRate(Rational.Parse(raw.AvgFrameRate), Rational.Parse(raw.FrameRate), path);
        var tags = new ClipTags(analysis.Format.Tags);
        var format = new VideoFormat(turned ? height : width, turned ? width : height, rate)
        {
            PixelAspect = turned ? aspect.Inverse() : aspect,
            Tags = tags.Kept,
        };
        var pixel = new PixelFormat(stream.PixelFormat);
        bool isAssumed = stream.ColorSpace is null or "" or "unknown" && pixel.IsYuv;
        // Players take an untagged video of more than DVD size for BT.709; ffmpeg alone would take it for BT.601.
        bool isLarge = width >= 1280 || height > 576;
        string? assumed = !isAssumed ? null : isLarge ? "BT.709" : "BT.601";
        double? length = analysis.Raw.Streams.Count == 1 ? analysis.Format.Duration.TotalSeconds : null;
        return new ProbedVideo(stream.Index, format, PromisedFrames.Of(raw, length, rate), isAssumed && isLarge ? "bt709" : null)
        {
            HasAlpha = pixel.HasAlpha,
            Notices = new ClipNotices(path, analysis.Raw, raw).All(assumed, rate, tags.Dropped),
        };
    }

    /// <summary>The average keeps the clip's length; the base rate is the exact one where both mean the same.</summary>
    /// <exception cref="InputException">there is none, or none that frames can be shown at</exception>
    internal static Rational ChooseRate(Rational? average, Rational? nominal, string path)
    {
        var rate = Stated(average, nominal, path);
        if (rate.Value is >= InputLimits.LeastRate and <= InputLimits.MostRate) return rate;
        throw new InputException(
            InputCode.OutOfRange,
            $"{path} shows {rate.Value:0.######} frames a second, {InputLimits.LeastRate} to {InputLimits.MostRate} can be worked on: "
            + "convert it with ffmpeg -r 24 first");
    }

    private static Rational Stated(Rational? average, Rational? nominal, string path)
    {
        if (average is { } a) return nominal is { } n && Math.Abs(n.Value / a.Value - 1) < RateTolerance ? n : a;
        return nominal ?? throw new InputException(
            InputCode.Damaged, $"{path} does not say how fast its frames follow each other: convert it with ffmpeg -r 24 first");
    }

    private static InputException? Moving(string path) => AnimatedWebP.Is(path)
        ? new InputException(
            InputCode.Unsupported, $"{path} is an animated WebP, which this ffmpeg cannot read: convert it to mp4 or to PNG frames first")
        : null;

    private static void CheckSize(string path, int width, int height)
    {
        if (Math.Max(width, height) <= InputLimits.PictureEdge && (long)width * height <= InputLimits.PicturePixels) return;
        throw new InputException(
            InputCode.TooLarge,
            $"{path} has pictures of {width}x{height} pixels, more than {InputLimits.PictureEdge} on an edge or "
            + $"{InputLimits.PicturePixels >> 20} million in all: use a smaller clip");
    }
}
