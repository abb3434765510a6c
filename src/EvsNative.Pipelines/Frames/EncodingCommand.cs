using System.Globalization;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// What ffmpeg is told to write a video: frames with their times come in by its standard input, all else from the clip's file.
/// </summary>
/// <param name="Tools">the ffmpeg</param>
/// <param name="Container">the kind of file</param>
/// <param name="Encoder">how pictures are coded</param>
/// <param name="Format">the frames' size as they come in, their rate and tags</param>
/// <param name="Unit">what their times are whole numbers of, in seconds</param>
/// <param name="Carried">what goes along with them; null for nothing</param>
internal sealed record EncodingCommand(
    FfmpegTools Tools, OutputContainer Container, EncoderChoice Encoder, VideoFormat Format, Rational Unit, CarriedStreams? Carried)
{
    /// <summary>Lengths that differ by no more than this many seconds are one: files count milliseconds.</summary>
    private const double Tolerance = 0.0015;

    /// <summary>How much of the second input a trial reads, seconds.</summary>
    private const double TrialLength = 0.5;

    /// <summary>The recipe that the file carries; null for none.</summary>
    public string? Recipe { get; init; }

    /// <summary>The tag that carries it; null where the file has no tags.</summary>
    public (string Name, string Value)? RecipeTag =>
        Recipe is { Length: <= RecipeText.MostLetters } recipe && Container.HoldsTags
            ? RecipeText.Tag(recipe, Format.Tags, Container)
            : null;

    /// <summary>How long the last frame is shown, in seconds, where that is known and not simply by the rate.</summary>
    public double? LastLength => Carried?.File.Ending is { } ending
        && Math.Abs(ending.Length - 1 / Format.Rate.Value) > Math.Max(Tolerance, Unit.Value) ? ending.Length : null;

    /// <summary>The arguments.</summary>
    /// <param name="file">where to write</param>
    /// <param name="isTrial">whether only the beginning is written, to see whether ffmpeg can</param>
    public string[] Arguments(string file, bool isTrial = false) =>
    [
        "-hide_banner", "-nostats", "-loglevel", "error",
        // Times are taken as they come, the first one too; nothing is guessed from frames that would have to be waited for.
        "-protocol_whitelist", "file,pipe", "-probesize", "32", "-analyzeduration", "0", "-seek_timestamp", "1", "-f", "matroska",
        "-i", "pipe:0",
        .. Carried?.Input(isTrial ? TrialLength : null) ?? [],
        "-map", "0:v:0", .. Carried?.Arguments ?? [], "-map_chapters", "0", .. Prior(),
        "-filter:v:0", Encoder.Filter(Format.PixelAspect), .. Encoder.Arguments(Tools), .. Tag(),
        .. Tools.EveryFrameOnce, "-enc_time_base:v:0", $"{Unit}", .. Times(), .. Ending(),
        .. Metadata(), .. Container.Arguments, "-max_muxing_queue_size", "9999",
        "-f", Container.Muxer, "-y", FfmpegProcess.FileUrl(file),
    ];

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Of a clip that begins within its file, no sound from before it.</summary>
    private string[] Prior() =>
        Carried is { HasStreams: true, File.Origin.From.Ticks: > 0 } ? ["-copypriorss", "0"] : [];

    /// <summary>The name of HEVC that Apple's players know.</summary>
    private string[] Tag() => Container.IsQuickTime && Encoder.Codec.Codec == VideoCodec.Hevc ? ["-tag:v:0", "hvc1"] : [];

    private IEnumerable<string> Times()
    {
        if (!Container.IsQuickTime || Format.TimeBase is null) return [];
        string scale = Unit.Denominator.ToString(CultureInfo.InvariantCulture);
        string[] movie = Tools.IsSince(5, 0) ? ["-movie_timescale", scale] : [];
        return ["-video_track_timescale", scale, .. movie];
    }

    /// <summary>How long the last frame is shown: encoders know only when frames begin.</summary>
    private string[] Ending()
    {
        if (LastLength is not { } length) return [];
        double end = Carried!.File.Ending!.Value.Stamp + length;
        return Container.Muxer switch
        {
            "gif" => ["-final_delay", Text(Math.Round(length * Container.Ticks))],
            "apng" => ["-final_delay", Text(length)],
            "webp" => [],
            _ => Tools.IsSince(4, 4) ? ["-bsf:v:0", $"setts=pts=PTS:dts=DTS:duration='max(1,{Text(end)}/TB-PTS)'"] : [],
        };
    }

    private IEnumerable<string> Metadata()
    {
        if (!Container.HoldsTags) return [];
        var pictures = Carried?.File.Pictures;
        string[] own = ["language", "title"];
        string[] recipe = RecipeTag is var (key, text) ? ["-metadata", $"{key}={text}"] : [];
        return
        [
            .. Format.Tags.SelectMany(tag => new[] { "-metadata", $"{tag.Key}={tag.Value}" }), .. recipe,
            .. own.Where(name => pictures?.ContainsKey(name) == true)
                .SelectMany(name => new[] { "-metadata:s:v:0", $"{name}={pictures![name]}" }),
        ];
    }
}
