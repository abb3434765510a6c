using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffmpeg said, reduced to the one line that a user can act on.</summary>
internal static partial class FfmpegComplaint
{
    private static readonly string[] Empty =
        ["Conversion failed!", "Last message repeated", "Error while processing the decoded data", "Error opening input files"];

    private static readonly string[] Full = ["No space left on device", "Disk quota exceeded"];

    /// <summary>The last line that says something, without addresses of objects; "no reason given" where there is none.</summary>
    public static string Quote(IEnumerable<string> lines)
    {
        string? last = lines.Select(line => Origin().Replace(line, "").Trim())
            .LastOrDefault(line => line.Length > 0 && !Empty.Any(known => line.StartsWith(known, StringComparison.Ordinal)));
        return last is null ? "no reason given" : last.TrimEnd('.');
    }

    /// <summary>Whether one of the lines speaks of a full disk.</summary>
    public static bool DiskFull(IEnumerable<string> lines) =>
        lines.Any(line => Full.Any(known => line.Contains(known, StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex(@"^(\[[^\]]* @ [^\]]*\]\s*)*(\[(error|fatal|panic)\]\s*)?(file:.*?: (?=[A-Z]))?", RegexOptions.CultureInvariant)]
    private static partial Regex Origin();
}
