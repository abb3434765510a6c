using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffprobe tells of a video file: its first real video stream (cover pictures of music do not count).</summary>
/// <param name="Stream">index of the stream in the file</param>
/// <param name="Format">its frames as they are shown, that is after rotation</param>
/// <param name="ClaimedFrames">as the file says, 0 where it does not; never relied on for reading</param>
/// <param name="Matrix">the colour matrix to assume, null where the file or ffmpeg knows it</param>
internal sealed record ProbedVideo(int Stream, VideoFormat Format, int ClaimedFrames, string? Matrix)
{
    /// <summary>What a container writes of itself.</summary>
    private static readonly string[] OfTheContainer = ["major_brand", "minor_version", "compatible_brands", "encoder"];

    // Containers with coarse time stamps (milliseconds in Matroska) give an average a little off the true rate.
    private const double RateTolerance = 0.01;

    private const int LongestTag = 1000;

    /// <summary>Probes a file that exists.</summary>
    /// <exception cref="InputException">it is not a video</exception>
    public static ProbedVideo Probe(FfmpegTools tools, string path, CancellationToken cancellation = default)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "error", "-protocol_whitelist", "file", "-print_format", "json", "-show_format", "-show_streams",
                FfmpegProcess.FileUrl(path),
            ],
            cancellation);
        if (asked.ExitCode != 0)
        {
            string complaint = FfmpegComplaint.Quote(asked.Error.Split('\n'));
            throw new InputException(
                InputCode.WrongKind,
                $"{path} is not a video that ffmpeg can read: {complaint}: give a video file or a folder of PNG frames");
        }

        return Of(asked.Output, path);
    }

    /// <summary>Understands what ffprobe printed of a file.</summary>
    /// <param name="json">all that it printed</param>
    /// <param name="path">the file, for messages</param>
    /// <exception cref="InputException">it is not a video</exception>
    internal static ProbedVideo Of(string json, string path)
    {
        var analysis = Parse(json, path);
        var stream = analysis.VideoStreams.Where(s => s.Disposition?.GetValueOrDefault("attached_pic") != true).MinBy(s => s.Index);
        // ffmpeg shows text files as a terminal would.
        if (analysis.Format.FormatName == "tty")
            throw new InputException(
                InputCode.WrongKind, $"{path} is a text file, not a video: give a video file or a folder of PNG frames");
        if (stream?.Width is not > 0 || stream.Height is not > 0)
            throw new InputException(InputCode.WrongKind, $"{path} holds no pictures: give a video file or a folder of PNG frames");
        var raw = analysis.Raw.Streams.First(s => s.Index == stream.Index);
        bool turned = Math.Abs(stream.Rotation) % 180 == 90;
        var aspect = Rational.Parse(raw.SampleAspectRatio) ?? Rational.One;
        (int width, int height) = (stream.Width.Value, stream.Height.Value);
        var rate = ChooseRate(Rational.Parse(raw.AvgFrameRate), Rational.Parse(raw.FrameRate), path);
        var format = new VideoFormat(turned ? height : width, turned ? width : height, rate)
        {
            PixelAspect = turned ? aspect.Inverse() : aspect,
            Tags = analysis.Format.Tags?.Where(IsWord).ToDictionary() ?? [],
        };
        return new ProbedVideo(stream.Index, format, Claimed(raw), AssumedMatrix(stream, width, height));
    }

    /// <summary>The average keeps the clip's length; the base rate is the exact one where both mean the same.</summary>
    internal static Rational ChooseRate(Rational? average, Rational? nominal, string path)
    {
        if (average is { } a) return nominal is { } n && Math.Abs(n.Value / a.Value - 1) < RateTolerance ? n : a;
        return nominal ?? throw new InputException(
            InputCode.Damaged, $"{path} does not say how fast its frames follow each other: convert it with ffmpeg -r 24 first");
    }

    private static IMediaAnalysis Parse(string json, string path)
    {
        try
        {
            return FFProbe.FromJson(json);
        }
        catch (Exception e) when (
            e is JsonException or FormatException or OverflowException or ArgumentException or FFMpegCore.Exceptions.FFMpegException)
        {
            throw new InputException(
                InputCode.Damaged,
                $"{path} has properties that make no sense ({InputText.OneLine(e.Message)}): convert it with ffmpeg first", cause: e);
        }
    }

    /// <summary>Whether a tag is one that people write and a command line can carry.</summary>
    private static bool IsWord(KeyValuePair<string, string> tag) => !OfTheContainer.Contains(tag.Key) && !tag.Key.Contains('=')
        && !tag.Key.Contains('\0') && !tag.Value.Contains('\0') && tag.Key.Length + tag.Value.Length <= LongestTag;

    private static int Claimed(FFProbeStream stream) =>
        stream.ExtensionData?.TryGetValue("nb_frames", out var value) == true
        && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int frames) ? frames : 0;

    /// <summary>Players take an untagged video of more than DVD size for BT.709; ffmpeg alone would take it for BT.601.</summary>
    private static string? AssumedMatrix(VideoStream stream, int width, int height)
    {
        bool labelled = stream.ColorSpace is not (null or "" or "unknown");
        bool yuv = stream.PixelFormat?.StartsWith("yuv", StringComparison.Ordinal) == true;
        return !labelled && yuv && (width >= 1280 || height > 576) ? "bt709" : null;
    }
}
