using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffmpeg said, reduced to the one line that a user can act on.</summary>
internal static partial class FfmpegComplaint
{
    private static readonly string[] Empty =
    [
        "Conversion failed!", "Last message repeated", "Error while processing the decoded data", "Error opening input files",
        "Error while decoding stream",
    ];

    private static readonly string[] Full = ["No space left on device", "Disk quota exceeded"];

    /// <summary>The last line that says something, without addresses of objects; "no reason given" where there is none.</summary>
    public static string Quote(IEnumerable<string> lines) => Telling(lines).LastOrDefault() ?? "no reason given";

    /// <summary>The first one.</summary>
    public static string QuoteFirst(IEnumerable<string> lines) => Telling(lines).FirstOrDefault() ?? "no reason given";

    private static IEnumerable<string> Telling(IEnumerable<string> lines) => lines.Select(line => Origin().Replace(line, "").Trim())
        .Where(line => line.Length > 0 && !Empty.Any(known => line.StartsWith(known, StringComparison.Ordinal)))
        .Select(line => InputText.Name(line.TrimEnd('.')));

    /// <summary>Whether one of the lines speaks of a full disk.</summary>
    public static bool DiskFull(IEnumerable<string> lines) =>
        lines.Any(line => Full.Any(known => line.Contains(known, StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex(
        @"^(\[[^\]]* @ [^\]]*\]\s*)*(\[(warning|error|fatal|panic)\]\s*)?(file:.*?: (?=[A-Z]))?", RegexOptions.CultureInvariant)]
    private static partial Regex Origin();
}
