using System.Globalization;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>What the file that a clip was read from holds beside its pictures, as ffprobe tells it.</summary>
/// <param name="Origin">the file, the stream of its pictures and the part that was read</param>
/// <param name="Streams">the other streams</param>
/// <param name="Chapters">its chapters, in times of the clip; those outside of it are left out</param>
/// <param name="Pictures">tags of the stream of its pictures: its language, its title</param>
/// <param name="Ending">the last frame; null where nothing tells of it, or where the file was not read to its end</param>
internal sealed record OriginFile(
    ClipOrigin Origin, IReadOnlyList<OriginStream> Streams, IReadOnlyList<ClipChapter> Chapters,
    IReadOnlyDictionary<string, string> Pictures, LastFrame? Ending)
{
    /// <summary>Seconds before the end of a file from which its packets are listed.</summary>
    private const double Tail = 10;

    /// <summary>Looks at a file.</summary>
    /// <returns>null where it can no longer be read</returns>
    public static OriginFile? Probe(FfmpegTools tools, ClipOrigin origin, CancellationToken cancellation)
    {
        var asked = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "error", .. ClipFormats.Guard, "-print_format", "json", "-show_format", "-show_streams", "-show_chapters",
                FfmpegProcess.FileUrl(origin.Path),
            ],
            cancellation);
        if (asked.ExitCode != 0) return null;
        try
        {
            using var json = JsonDocument.Parse(asked.Output);
            return Of(json.RootElement, tools, origin, cancellation);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static OriginFile Of(JsonElement file, FfmpegTools tools, ClipOrigin origin, CancellationToken cancellation)
    {
        var streams = file.GetProperty("streams").EnumerateArray().Select(OriginStream.Of).ToArray();
        var format = file.GetProperty("format");
        double start = Seconds(format, "start_time") ?? 0;
        var chapters = file.TryGetProperty("chapters", out var all) ? all.EnumerateArray().ToArray() : [];
        double? end = origin.To is null ? (Seconds(format, "duration") ?? 0) + start : null;
        return new OriginFile(
            origin,
            [.. streams.Where(stream => stream.Index != origin.Stream)],
            [.. chapters.Select(chapter => Chapter(chapter, origin, start)).OfType<ClipChapter>()],
            streams.FirstOrDefault(stream => stream.Index == origin.Stream)?.Tags ?? new Dictionary<string, string>(),
            end is { } known ? LastOf(tools, origin, known, start, cancellation) : null);
    }

    private static ClipChapter? Chapter(JsonElement chapter, ClipOrigin origin, double start)
    {
        if (Seconds(chapter, "start_time") is not { } from || Seconds(chapter, "end_time") is not { } to) return null;
        var zero = origin.From + TimeSpan.FromSeconds(start);
        var (begins, ends) = (TimeSpan.FromSeconds(from) - zero, TimeSpan.FromSeconds(to) - zero);
        var length = origin.To - origin.From;
        if (begins < TimeSpan.Zero) begins = TimeSpan.Zero;
        if (ends > length) ends = length.Value;
        return ends > begins ? new ClipChapter(begins, ends, OriginStream.TagsOf(chapter).GetValueOrDefault("title", "")) : null;
    }

    /// <summary>The packet that is shown last, of those near the end.</summary>
    private static LastFrame? LastOf(FfmpegTools tools, ClipOrigin origin, double end, double start, CancellationToken cancellation)
    {
        double from = end - start - Tail;
        string[] part = from > Tail ? ["-read_intervals", string.Create(CultureInfo.InvariantCulture, $"{from:0.###}%")] : [];
        string listed = ToolProcess.Run(
            tools.Ffprobe,
            [
                "-v", "error", .. ClipFormats.Guard, "-select_streams", origin.Stream.ToString(CultureInfo.InvariantCulture), .. part,
                "-show_entries", "packet=pts_time,duration_time", "-print_format", "compact=nokey=1:print_section=0",
                FfmpegProcess.FileUrl(origin.Path),
            ],
            cancellation).Output;
        var packets = listed.Split('\n').Select(line => line.Split('|')).Where(words => words.Length >= 2)
            .Select(words => (Stamp: Number(words[0]), Length: Number(words[1]))).Where(packet => packet.Stamp is not null).ToArray();
        if (packets.Length == 0) return null;
        var (stamp, length) = packets.MaxBy(packet => packet.Stamp);
        return length is > 0 ? new LastFrame(stamp!.Value - start - origin.From.TotalSeconds, length.Value) : null;
    }

    private static double? Seconds(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? Number(value.GetString()) : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
        && Math.Abs(value) < TimeSpan.MaxValue.TotalSeconds / 4 ? value : null;
}

/// <summary>The frame that a clip ends with.</summary>
/// <param name="Stamp">when it is shown, seconds from the clip's beginning</param>
/// <param name="Length">for how long, seconds</param>
internal readonly record struct LastFrame(double Stamp, double Length);
