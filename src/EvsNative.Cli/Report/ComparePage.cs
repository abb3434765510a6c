using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Report;

/// <summary>
/// One HTML file that plays a clip before and after in step, with the numbers beside it. Frames are inside the file and nothing is fetched:
/// it opens from a disk, in a mail, without a network. Without scripts it shows the first frames side by side.
/// </summary>
public static partial class ComparePage
{
    /// <summary>Above this many pixels in all, frames are kept as JPEG: a page of lossless frames would be too heavy to open.</summary>
    private const long LosslessPixels = 8_000_000;

    private const int JpegQuality = 92;

    /// <summary>Whether the page may be written, to be asked before any work is done.</summary>
    /// <exception cref="Layers.InputException">the file is there and <paramref name="force"/> is not set, or its folder
    /// cannot be written to</exception>
    public static void CheckWritable(string path, bool force) => PendingFile.CheckWritable(path, force);

    /// <summary>Writes the page; it appears when it is whole.</summary>
    /// <exception cref="Layers.InputException">the file is there and <paramref name="force"/> is not set, or it cannot be
    /// written</exception>
    public static void Write(string path, VideoFrames before, VideoFrames after, RunSummary run, bool force = false) =>
        PendingFile.WriteAll(path, Encoding.UTF8.GetBytes(Html(before, after, run)), force);

    /// <summary>The page as text.</summary>
    /// <param name="before">what went in; best at the output's size, as it was measured</param>
    /// <param name="after">what came out, with as many frames</param>
    /// <param name="run">the numbers</param>
    /// <exception cref="ArgumentException">the clips have different frame counts</exception>
    public static string Html(VideoFrames before, VideoFrames after, RunSummary run)
    {
        if (before.Count != after.Count)
            throw new ArgumentException($"A clip of {before.Count} frames cannot be shown beside one of {after.Count}.", nameof(after));
        bool lossless = Pixels(before) + Pixels(after) <= LosslessPixels;
        string[] beforeFrames = Frames(before, lossless), afterFrames = Frames(after, lossless);
        var values = new Dictionary<string, string>
        {
            ["title"] = Text(run.Prompt ?? Path.GetFileName(run.Input.Path)),
            ["facts"] = Text(string.Join(" · ", Facts(run))),
            ["warnings"] = Warnings(run),
            ["width"] = $"{after.Width}",
            ["height"] = $"{after.Height}",
            ["beforeFirst"] = beforeFrames[0],
            ["afterFirst"] = afterFrames[0],
            ["beforeRest"] = Quoted(beforeFrames[1..]),
            ["afterRest"] = Quoted(afterFrames[1..]),
            ["rate"] = after.Rate.Value.ToString("R", CultureInfo.InvariantCulture),
            ["measures"] = Measures(run),
            ["stages"] = Stages(run),
            ["settings"] = Settings(run),
            ["storage"] = lossless ? "lossless" : "as JPEG of high quality; the written clip is not",
            ["footer"] = Text(string.Join(
                " · ",
                $"EvsNative {run.Version}",
                $"{run.Device}, {run.Precision}",
                $"{RunTable.Seconds(run.Seconds)} s",
                $"peak memory of the process {RunTable.Bytes(run.PeakMemoryBytes)}",
                $"frames {run.Output.Hash ?? "unknown"}")),
        };
        return Placeholder().Replace(Template(), match => values[match.Groups[1].Value]);
    }

    private static IEnumerable<string> Facts(RunSummary run)
    {
        yield return $"{run.Output.Frames} frame{(run.Output.Frames == 1 ? "" : "s")}";
        yield return run.Input.Width == run.Output.Width && run.Input.Height == run.Output.Height
            ? $"{run.Output.Width} × {run.Output.Height}"
            : $"{run.Input.Width} × {run.Input.Height} to {run.Output.Width} × {run.Output.Height}";
        yield return $"{Rational.Parse(run.Output.Rate)?.ToDecimal()} a second";
        yield return $"mode {run.Mode}";
        yield return $"seed {run.Seed}";
    }

    private static string Warnings(RunSummary run) => run.Warnings.Count == 0
        ? ""
        : $"<ul class=\"warnings\">{string.Concat(run.Warnings.Select(notice => $"<li>{Text(notice.Message)}</li>"))}</ul>";

    private static string Measures(RunSummary run)
    {
        var html = new StringBuilder();
        foreach (var row in MeasureRow.All(run.Before, run.After))
        {
            string kind = row.Better switch { true => " class=\"better\"", false => " class=\"worse\"", null => "" };
            html.Append($"<tr><th scope=\"row\">{Text(row.Name)}<small>{Text(row.Meaning)}</small></th>");
            html.Append($"<td>{Text(row.Before)}</td><td>{Text(row.After)}</td><td{kind}>{Text(row.Change)}</td></tr>\n");
        }

        return html.ToString();
    }

    private static string Stages(RunSummary run)
    {
        double longest = Math.Max(run.Stages.Select(stage => stage.Seconds).DefaultIfEmpty().Max(), 1e-9);
        var html = new StringBuilder();
        foreach (var stage in run.Stages)
        {
            string share = (stage.Seconds / longest * 100).ToString("0.0", CultureInfo.InvariantCulture);
            string steps = stage.Steps > 0 ? $"{stage.Steps}" : "";
            html.Append($"<tr><th scope=\"row\">{Text(stage.Name)}<i style=\"width:{share}%\"></i></th>");
            html.Append($"<td>{steps}</td><td>{RunTable.Seconds(stage.Seconds)}</td></tr>\n");
        }

        html.Append($"<tr class=\"sum\"><th scope=\"row\">in all</th><td>{run.Steps}</td><td>{RunTable.Seconds(run.Seconds)}</td></tr>\n");
        return html.ToString();
    }

    private static string Settings(RunSummary run)
    {
        var html = new StringBuilder();
        foreach (var (name, value) in run.Settings.Append(new("input", run.Input.Path)))
        {
            string? text = value is null ? SettingTable.Find(name)?.Default : Convert.ToString(value, CultureInfo.InvariantCulture);
            html.Append($"<div><dt>{Text(name)}</dt><dd>{Text(string.IsNullOrEmpty(text) ? "none" : text)}</dd></div>\n");
        }

        return html.ToString();
    }

    private static long Pixels(VideoFrames video) => (long)video.Count * video.Width * video.Height;

    private static string[] Frames(VideoFrames video, bool lossless) =>
        [.. Enumerable.Range(0, video.Count).AsParallel().AsOrdered().Select(i =>
    {
        byte[] rgb = video.Frame(i).ToArray();
        return lossless
            ? "data:image/png;base64," + Convert.ToBase64String(StillImage.Png(rgb, video.Width, video.Height))
            : "data:image/jpeg;base64," + Convert.ToBase64String(StillImage.Jpeg(rgb, video.Width, video.Height, JpegQuality));
    })];

    private static string Quoted(string[] frames) => string.Join(",\n", frames.Select(frame => $"\"{frame}\""));

    private static string Text(string text) => WebUtility.HtmlEncode(InputText.OneLine(text));

    private static string Template()
    {
        using var stream = typeof(ComparePage).Assembly.GetManifestResourceStream("compare.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
