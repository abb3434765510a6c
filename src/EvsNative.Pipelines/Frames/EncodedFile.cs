using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>What came out of an encoder: ffmpeg has been seen to report success for a file that it could not finish.</summary>
/// <param name="Frames">frames of the first video stream</param>
/// <param name="Tags">names of the tags that it kept</param>
/// <param name="Colors">how its colours are to be read</param>
internal sealed record EncodedFile(int Frames, IReadOnlyCollection<string> Tags, ColorTags Colors)
{
    /// <summary>The texts of a file's tags; none where it is no video.</summary>
    public static IReadOnlyList<string> TagsOf(FfmpegTools tools, string file, CancellationToken cancellation)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "error", .. ClipFormats.Guard, "-show_entries", "format_tags", "-print_format", "json=compact=1",
                FfmpegProcess.FileUrl(file),
            ],
            cancellation);
        if (asked.ExitCode != 0) return [];
        try
        {
            using var json = JsonDocument.Parse(asked.Output);
            return json.RootElement.TryGetProperty("format", out var format) ? [.. OriginStream.TagsOf(format).Values] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Looks through a file.</summary>
    /// <returns>null where it is no video</returns>
    public static EncodedFile? Probe(FfmpegTools tools, string file, CancellationToken cancellation)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "error", .. ClipFormats.Guard, "-select_streams", "v:0", "-show_entries",
                "packet=flags:format_tags:stream=pix_fmt,color_range,color_space,color_primaries,color_transfer",
                "-print_format", "json=compact=1", FfmpegProcess.FileUrl(file),
            ],
            cancellation);
        if (asked.ExitCode != 0) return null;
        try
        {
            using var json = JsonDocument.Parse(asked.Output);
            var root = json.RootElement;
            int packets = root.TryGetProperty("packets", out var all) ? all.GetArrayLength() : 0;
            IReadOnlyCollection<string> tags = root.TryGetProperty("format", out var format) ? OriginStream.TagsOf(format).Keys : [];
            return new EncodedFile(packets, tags, ColorsOf(root));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ColorTags ColorsOf(JsonElement root)
    {
        if (!root.TryGetProperty("streams", out var streams) || streams.GetArrayLength() == 0) return ColorTags.Usual;
        string? Word(string name) => streams[0].TryGetProperty(name, out var value) ? value.GetString() : null;
        return ColorTags.Of(Word("pix_fmt"), Word("color_range"), Word("color_space"), Word("color_primaries"), Word("color_transfer"));
    }
}
