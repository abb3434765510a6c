using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The file formats that are clips: those that hold their pictures themselves. Playlists, lists of files, session descriptions, patterns of
/// names and texts are none, whatever the file is called: they would lead ffmpeg to other files or addresses.
/// </summary>
internal static partial class ClipFormats
{
    /// <summary>Names of ffmpeg's demuxers. What an ffmpeg does not know is no harm.</summary>
    private static readonly string[] Known =
    [
        // Containers.
        "asf", "asf_o", "avi", "dv", "flv", "gxf", "ivf", "live_flv", "matroska", "mov", "mpeg", "mpegts", "mxf", "nut", "nuv", "ogg", "rm",
        "webm", "wtv", "yuv4mpegpipe",
        // Streams of one codec.
        "av1", "cavsvideo", "dirac", "dnxhd", "h261", "h263", "h264", "hevc", "m4v", "mjpeg", "mjpeg_2000", "mpegvideo", "obu", "vc1",
        "vc1test", "vvc",
        // Pictures, moving ones first.
        "apng", "gif", "jpegxl_anim", "webp_anim", "bmp_pipe", "gif_pipe", "jpeg_pipe", "jpegxl_pipe", "png_pipe", "tiff_pipe", "webp_pipe",
    ];

    private static readonly string[] Timeless =
    [
        "av1", "cavsvideo", "dirac", "dnxhd", "h261", "h263", "h264", "hevc", "m4v", "mjpeg", "mjpeg_2000", "mpegvideo", "obu", "vc1",
        "vvc",
    ];

    /// <summary>
    /// What holds ffmpeg and ffprobe to one ordinary file before they open it: its protocol, its format, and how large a picture may be.
    /// </summary>
    public static string[] Guard { get; } =
    [
        "-protocol_whitelist", "file", "-format_whitelist", string.Join(',', Known), "-max_pixels",
        InputLimits.PicturePixels.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Whether a format carries no times, so that its rate is what the codec says, or a guess.</summary>
    /// <param name="format">as ffprobe names it</param>
    public static bool IsTimeless(string format) =>
        Timeless.Contains(format) || format.EndsWith("_pipe", StringComparison.Ordinal);

    /// <summary>Why ffprobe would not open a file, if that is its format or its pictures' size; null for another reason.</summary>
    /// <param name="path">the file</param>
    /// <param name="said">what ffprobe said</param>
    public static InputException? Objection(string path, string said)
    {
        if (TooManyPixels().Match(said) is { Success: true } size)
        {
            return new InputException(
                InputCode.TooLarge,
                $"{path} has pictures of {size.Groups[1].Value} pixels, at most {InputLimits.PicturePixels >> 20} million are read: use a "
                + "smaller clip");
        }

        return NotAClip().Match(said) is { Success: true } refused
            ? new InputException(
                InputCode.WrongKind, $"{path} is {Name(refused.Groups[1].Value)}, no clip: give a video file or a folder of PNG frames")
            : null;
    }

    private static string Name(string format)
    {
        string kind = format switch
        {
            "hls" or "dash" or "concat" or "imf" or "webm_dash_manifest" => "a list of other files or addresses",
            "sdp" or "rtp" or "rtsp" => "a description of a transmission",
            "image2" => "one picture, or a pattern of names of pictures",
            "tty" => "a text file",
            "lavfi" => "a recipe for pictures",
            "ass" or "srt" or "webvtt" or "microdvd" or "subviewer" or "sami" or "lrc" or "scc" or "vobsub" => "a file of subtitles",
            _ => "of a format that is not read here",
        };
        return $"{kind} (ffmpeg's {InputText.Name(format)})";
    }

    [GeneratedRegex(@"\[([^\s\]]+) @ [^\]]*\] (?:\[\w+\] )?Format not on whitelist", RegexOptions.CultureInvariant)]
    private static partial Regex NotAClip();

    [GeneratedRegex(@"Picture size (\d+x\d+) exceeds", RegexOptions.CultureInvariant)]
    private static partial Regex TooManyPixels();
}
