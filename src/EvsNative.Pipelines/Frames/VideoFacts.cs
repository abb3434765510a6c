using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;
using FFMpegCore;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffprobe tells of a video file: its first real video stream (cover pictures of music do not count).</summary>
/// <param name="Stream">index of the stream in the file</param>
/// <param name="Width">pixels as shown, that is after rotation</param>
/// <param name="Height">pixels as shown</param>
/// <param name="Rate">frames a second</param>
/// <param name="PixelAspect">width of a pixel over its height, after rotation</param>
/// <param name="Frames">as the file claims, 0 where it does not; an estimate, never relied on</param>
/// <param name="Matrix">the colour matrix to assume, null where the file or ffmpeg knows it</param>
internal sealed record VideoFacts(int Stream, int Width, int Height, Rational Rate, Rational PixelAspect, int Frames, string? Matrix)
{
    // Containers with coarse time stamps (milliseconds in Matroska) give an average a little off the true rate.
    private const double RateTolerance = 0.01;

    /// <summary>Probes a file that exists.</summary>
    /// <exception cref="InputException">it is not a video</exception>
    public static VideoFacts Probe(FfmpegTools tools, string path, CancellationToken cancellation = default)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            ["-v", "error", "-protocol_whitelist", "file", "-print_format", "json", "-show_format", "-show_streams", QuotedArguments.FileUrl(path)],
            cancellation);
        if (asked.ExitCode != 0)
        {
            string complaint = FfmpegComplaint.Quote(asked.Error.Split('\n'));
            throw new InputException($"{path} is not a video that ffmpeg can read: {complaint}. Give a video file or a folder of PNG frames.");
        }

        var analysis = Parse(asked.Output, path);
        var stream = analysis.VideoStreams.Where(s => s.Disposition?.GetValueOrDefault("attached_pic") != true).MinBy(s => s.Index);
        // ffmpeg shows text files as a terminal would.
        if (analysis.Format.FormatName == "tty")
            throw new InputException($"{path} is a text file, not a video. Give a video file or a folder of PNG frames.");
        if (stream?.Width is not > 0 || stream.Height is not > 0)
            throw new InputException($"{path} holds no pictures. Give a video file or a folder of PNG frames.");
        var raw = analysis.Raw.Streams.First(s => s.Index == stream.Index);
        bool turned = Math.Abs(stream.Rotation) % 180 == 90;
        var aspect = Rational.Parse(raw.SampleAspectRatio) ?? Rational.One;
        (int width, int height) = (stream.Width.Value, stream.Height.Value);
        return new VideoFacts(
            stream.Index,
            turned ? height : width,
            turned ? width : height,
            ChooseRate(Rational.Parse(raw.AvgFrameRate), Rational.Parse(raw.FrameRate), path),
            turned ? aspect.Inverse() : aspect,
            Claimed(raw),
            AssumedMatrix(stream, width, height));
    }

    /// <summary>The average keeps the clip's length; the base rate is the exact one where both mean the same.</summary>
    internal static Rational ChooseRate(Rational? average, Rational? nominal, string path)
    {
        if (average is not { } a)
            return nominal ?? throw new InputException($"{path} does not say how fast its frames follow each other. Convert it with ffmpeg -r 24 first.");
        return nominal is { } n && Math.Abs(n.Value / a.Value - 1) < RateTolerance ? n : a;
    }

    private static IMediaAnalysis Parse(string json, string path)
    {
        try
        {
            return FFProbe.FromJson(json);
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException or FFMpegCore.Exceptions.FFMpegException)
        {
            throw new InputException($"{path} has properties that make no sense ({e.Message.ReplaceLineEndings(" ")}). Convert it with ffmpeg first.", cause: e);
        }
    }

    private static int Claimed(FFProbeStream stream) =>
        stream.ExtensionData?.TryGetValue("nb_frames", out var value) == true
        && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int frames) ? frames : 0;

    /// <summary>Players take an untagged video of more than DVD size for BT.709; ffmpeg alone would take it for BT.601.</summary>
    private static string? AssumedMatrix(VideoStream stream, int width, int height)
    {
        bool labelled = stream.ColorSpace is not (null or "" or "unknown"), yuv = stream.PixelFormat?.StartsWith("yuv", StringComparison.Ordinal) == true;
        return !labelled && yuv && (width >= 1280 || height > 576) ? "bt709" : null;
    }
}
