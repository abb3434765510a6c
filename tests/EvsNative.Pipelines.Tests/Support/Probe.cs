using System.Globalization;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>What ffprobe says of a video file.</summary>
internal static class Probe
{
    /// <summary>The values of some entries, a line for each stream or packet, with commas between.</summary>
    /// <param name="file">the file</param>
    /// <param name="entries">as -show_entries takes them</param>
    /// <param name="streams">which streams, such as "v:0"; null for all</param>
    /// <param name="more">further options</param>
    public static string[] Lines(string file, string entries, string? streams = null, params string[] more)
    {
        string[] select = streams is null ? [] : ["-select_streams", streams];
        var result = ToolProcess.Run(
            Ffmpeg.Tools.Ffprobe,
            ["-v", "error", .. select, .. more, "-show_entries", entries, "-of", "csv=p=0", FfmpegProcess.FileUrl(file)]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd(','))];
    }

    /// <summary>When the frames of the first video are shown, in order, in seconds as ffprobe prints them.</summary>
    public static string[] Stamps(string file) =>
        [.. Lines(file, "packet=pts_time", "v:0").Where(line => line.Length > 0).OrderBy(Number)];

    /// <summary>The hashes of a stream's packets.</summary>
    public static string[] Hashes(string file, string stream)
    {
        var result = ToolProcess.Run(
            Ffmpeg.Tools.Ffmpeg,
            [
                "-v", "error", "-i", FfmpegProcess.FileUrl(file), "-map", $"0:{stream}", "-c", "copy", "-f", "framehash", "-hash", "md5",
                "-",
            ]);
        Assert.True(result.ExitCode == 0, result.Error);
        // Stream, two times, length, size, hash, and what else goes with the packet.
        return [.. result.Output.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[5].Trim())];
    }

    /// <summary>The unit of a video's times.</summary>
    public static Rational TimeBase(string file) => Rational.Parse(Lines(file, "stream=time_base", "v:0")[0])!.Value;

    /// <summary>A number as ffprobe prints it.</summary>
    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
