using System.Text.Json;

namespace EvsNative.Pipelines.Frames;

/// <summary>A stream of a file beside its pictures.</summary>
/// <param name="Index">its place in the file</param>
/// <param name="Kind">"audio", "subtitle", "video", "attachment" or "data"</param>
/// <param name="Codec">as ffmpeg names it, "unknown" where it does not</param>
/// <param name="IsCover">whether it is the still picture that belongs to music</param>
/// <param name="Channels">of sound; 0 where nothing tells</param>
/// <param name="Tags">its language, its title</param>
internal sealed record OriginStream(
    int Index, string Kind, string Codec, bool IsCover, int Channels, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>QuickTime keeps the names of chapters in a stream of their own, which whoever writes chapters makes anew.</summary>
    public bool IsChapterText => Kind == "data" && Codec == "bin_data";

    /// <summary>From ffprobe's answer.</summary>
    public static OriginStream Of(JsonElement stream) => new(
        stream.GetProperty("index").GetInt32(),
        stream.TryGetProperty("codec_type", out var kind) ? kind.GetString()! : "data",
        stream.TryGetProperty("codec_name", out var codec) ? codec.GetString()! : "unknown",
        stream.TryGetProperty("disposition", out var marks) && marks.TryGetProperty("attached_pic", out var cover) && cover.GetInt32() == 1,
        stream.TryGetProperty("channels", out var channels) ? channels.GetInt32() : 0,
        TagsOf(stream));

    /// <summary>The tags of a stream or a chapter.</summary>
    public static Dictionary<string, string> TagsOf(JsonElement of)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!of.TryGetProperty("tags", out var all)) return tags;
        foreach (var tag in all.EnumerateObject()) tags[tag.Name] = tag.Value.GetString() ?? "";
        return tags;
    }
}
