using System.Diagnostics;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// How ffmpeg and ffprobe are started: by full path, with an argument list and no shell, all streams redirected, and without what the
/// environment may say about how they speak. Their lines are read here: colours in them would hide what they say, and a report asked for by
/// FFREPORT would be written into whatever folder this is. Source: ffmpeg's libavutil/log.c and its page on generic options.
/// </summary>
internal static class ToolStart
{
    private const string NoColor = "AV_LOG_FORCE_NOCOLOR";

    private static readonly string[] Unwanted = ["AV_LOG_FORCE_COLOR", "AV_LOG_FORCE_256COLOR", "FFREPORT"];

    /// <summary>Ready to be started.</summary>
    /// <param name="program">full path</param>
    /// <param name="arguments">as they are to reach it</param>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string name in Unwanted) start.Environment.Remove(name);
        start.Environment[NoColor] = "1";
        return start;
    }
}
