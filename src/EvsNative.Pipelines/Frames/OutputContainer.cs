using System.Collections.Frozen;

namespace EvsNative.Pipelines.Frames;

/// <summary>A kind of video file that is written: what it can hold.</summary>
/// <param name="Muxer">ffmpeg's name of it</param>
/// <param name="Endings">of names that mean it, the usual one first</param>
/// <param name="Codecs">how its pictures can be coded, the usual way first</param>
internal sealed record OutputContainer(string Muxer, string[] Endings, params VideoCodec[] Codecs)
{
    private static readonly string[] TextSubtitles = ["ass", "mov_text", "ssa", "srt", "subrip", "text", "webvtt"];

    /// <summary>
    /// Sound begins a little before the clip, with what decoders throw away; pictures are not moved for it. Without "bitexact" files have a
    /// random number of their own, and no two runs give the same bytes.
    /// </summary>
    private static readonly string[] FromZero = ["-avoid_negative_ts", "disabled", "-fflags", "+bitexact"];

    private static readonly CarriedKind QuickTimeText = new(["mov_text"], TextSubtitles, "mov_text");

    /// <summary>What sound it can hold; null for none.</summary>
    public CarriedKind? Sound { get; init; }

    /// <summary>What subtitles it can hold; null for none.</summary>
    public CarriedKind? Subtitles { get; init; }

    /// <summary>Whether it has a place for tags and chapters.</summary>
    public bool HoldsTags { get; init; } = true;

    /// <summary>Whether it has a place for the cover picture of music.</summary>
    public bool HoldsCover { get; init; }

    /// <summary>Whether it has a place for attached files, such as fonts.</summary>
    public bool HoldsAttachments { get; init; }

    /// <summary>Whether pictures may be transparent in it, where their codec can.</summary>
    public bool HoldsAlpha { get; init; } = true;

    /// <summary>Whether it has a place for the shape of pixels.</summary>
    public bool HoldsPixelAspect { get; init; } = true;

    /// <summary>Whether it is one of MP4's kind, which keeps times in the unit that is asked for.</summary>
    public bool IsQuickTime { get; init; }

    /// <summary>Parts of a second that it counts times in; 0 where it keeps every time.</summary>
    public int Ticks { get; init; }

    /// <summary>What ffmpeg must be told beside all this.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OutputContainer> All { get; } =
    [
        new("mp4", [".mp4", ".m4v"], VideoCodec.H264, VideoCodec.Hevc, VideoCodec.Vp9, VideoCodec.Av1)
        {
            Sound = new CarriedKind(["aac", "ac3", "alac", "eac3", "flac", "mp2", "mp3", "opus"], null, "aac"),
            Subtitles = QuickTimeText,
            HoldsCover = true,
            HoldsAlpha = false,
            IsQuickTime = true,
            Arguments = ["-movflags", "+faststart"],
        },
        new("mov", [".mov"], VideoCodec.ProRes, VideoCodec.H264, VideoCodec.Hevc)
        {
            Sound = new CarriedKind(
                [
                    "aac", "ac3", "alac", "eac3", "mp3", "pcm_alaw", "pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_mulaw",
                    "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_s8", "pcm_u8",
                ],
                null, "aac"),
            Subtitles = QuickTimeText,
            IsQuickTime = true,
            Arguments = ["-movflags", "+faststart"],
        },
        new("matroska", [".mkv"], VideoCodec.H264, VideoCodec.Hevc, VideoCodec.Vp9, VideoCodec.Av1, VideoCodec.ProRes, VideoCodec.Ffv1)
        {
            Sound = new CarriedKind(null, null, "aac"),
            Subtitles = new CarriedKind(
                ["ass", "dvb_subtitle", "dvd_subtitle", "hdmv_pgs_subtitle", "ssa", "srt", "subrip", "webvtt"], TextSubtitles, "srt"),
            HoldsAttachments = true,
            Ticks = 1000,
            Arguments = FromZero,
        },
        new("webm", [".webm"], VideoCodec.Vp9, VideoCodec.Av1)
        {
            Sound = new CarriedKind(["opus", "vorbis"], null, "libopus", "libvorbis"),
            Subtitles = new CarriedKind(["webvtt"], TextSubtitles, "webvtt"),
            Ticks = 1000,
            Arguments = FromZero,
        },
        Animation("gif", [".gif"], VideoCodec.Gif, "-loop", "0") with { Ticks = 100, HoldsPixelAspect = true },
        Animation("webp", [".webp"], VideoCodec.WebP, "-loop", "0") with { Ticks = 1000 },
        Animation("apng", [".apng", ".png"], VideoCodec.Apng, "-plays", "0"),
    ];

    private static readonly FrozenDictionary<string, OutputContainer> ByEnding =
        All.SelectMany(row => row.Endings.Select(ending => (ending, row)))
            .ToFrozenDictionary(pair => pair.ending, pair => pair.row, StringComparer.OrdinalIgnoreCase);

    /// <summary>Its usual ending, such as ".mp4".</summary>
    public string Ending => Endings[0];

    /// <summary>The one that an ending means; null where none does.</summary>
    public static OutputContainer? Of(string ending) => ByEnding.GetValueOrDefault(ending);

    /// <summary>Where a codec is at home: the kind of file that it is put into where nobody names one.</summary>
    public static OutputContainer Home(VideoCodec codec) => All.FirstOrDefault(row => row.Codecs[0] == codec)
        ?? (codec == VideoCodec.Av1 ? All.First(row => row.Muxer == "webm") : All.First(row => row.Codecs.Contains(codec)));

    private static OutputContainer Animation(string muxer, string[] endings, VideoCodec codec, params string[] arguments) =>
        new(muxer, endings, codec) { HoldsTags = false, HoldsPixelAspect = false, Arguments = arguments };
}
