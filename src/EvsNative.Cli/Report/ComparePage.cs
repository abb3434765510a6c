using System.Globalization;
using System.Text;
using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Report;

/// <summary>
/// One HTML file that plays a clip before and after in step, with the numbers beside it. Frames are inside the file and nothing is fetched:
/// it opens from a disk, in a mail, without a network. Without scripts it shows the first frames side by side.
/// </summary>
internal static class ComparePage
{
    /// <summary>Whether the page may be written, to be asked before any work is done.</summary>
    /// <exception cref="Layers.InputException">the file is there and <paramref name="force"/> is not set, or its folder
    /// cannot be written to</exception>
    public static void CheckWritable(string path, bool force) => PendingFile.CheckWritable(path, force);

    /// <summary>Writes the page, in UTF-8.</summary>
    /// <param name="to">where to</param>
    /// <param name="frames">what it plays</param>
    /// <param name="run">the numbers</param>
    /// <exception cref="InputException">there is no frame to show</exception>
    public static void Write(Stream to, PageFrames frames, RunSummary run)
    {
        if (frames.Pairs.Count == 0)
            throw new InputException(InputCode.Damaged, "there is no page: the clip that was given could not be read beside the result");
        PageTemplate.Write(to, "compare.html", Values(frames, run));
    }

    /// <summary>What stands at each place of the template. Frames go into the page one by one: together they are as heavy as it.</summary>
    private static Dictionary<string, Action<TextWriter>> Values(PageFrames frames, RunSummary run)
    {
        var (pairs, format) = (frames.Pairs, frames.Format);
        Action<TextWriter> Said(string text) => page => page.Write(text);
        Action<TextWriter> Shown(byte[] file) => page =>
        {
            page.Write(frames.IsLossless ? "data:image/png;base64," : "data:image/jpeg;base64,");
            page.Write(Convert.ToBase64String(file));
        };
        Action<TextWriter> Rest(Func<PagePair, byte[]> side) => page =>
        {
            for (int i = 1; i < pairs.Count; i++)
            {
                page.Write(i == 1 ? "\"" : ",\n\"");
                Shown(side(pairs[i]))(page);
                page.Write('"');
            }
        };
        return new Dictionary<string, Action<TextWriter>>
        {
            ["title"] = Said(Text(run.Prompt ?? Path.GetFileName(run.Input.Path))),
            ["recipe"] = Said(Recipe(run)),
            ["facts"] = Said(Text(string.Join(" · ", Facts(run)))),
            ["warnings"] = Said(Warnings(run)),
            ["width"] = Said($"{format.Width}"),
            ["height"] = Said($"{format.Height}"),
            ["beforeFirst"] = Shown(pairs[0].Before),
            ["afterFirst"] = Shown(pairs[0].After),
            ["beforeRest"] = Rest(pair => pair.Before),
            ["afterRest"] = Rest(pair => pair.After),
            ["times"] = Said(string.Join(',', pairs.Select(pair => pair.Stamp).Append(frames.End).Select(Time))),
            ["part"] = Said(Part(frames)),
            ["plots"] = Said(Plots(frames, run.Series)),
            ["measures"] = Said(Measures(run)),
            ["stages"] = Said(Stages(run)),
            ["memory"] = Said(Memory(run)),
            ["settings"] = Said(Settings(run)),
            ["storage"] = Said(frames.IsLossless ? "lossless" : "as JPEG of high quality; the written clip is not"),
            ["footer"] = Said(Text(string.Join(
                " · ",
                $"EvsNative {run.Version}",
                $"{run.Device}, {run.Precision}",
                $"{RunTable.Seconds(run.Seconds)} s",
                $"peak memory of the process {RunTable.Bytes(run.PeakMemoryBytes)}",
                $"frames {run.Output.Hash ?? "unknown"}"))),
        };
    }

    /// <summary>What --recipe finds in the page; the usual encoder writes no sign that HTML knows.</summary>
    private static string Recipe(RunSummary run) => run.Recipe is null
        ? ""
        : $"{RecipeReader.PageMark}{JsonSerializer.Serialize(run.Recipe)}</script>\n";

    private static string Time(TimeSpan stamp) => stamp.TotalSeconds.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>What of a long clip the page plays.</summary>
    private static string Part(PageFrames frames)
    {
        int shown = frames.Pairs.Count;
        if (shown == frames.Count) return "";
        string what = $"This page plays {(shown == 1 ? "the first frame" : $"the first {shown} frames")}, {RunTable.Seconds(
            frames.End.TotalSeconds)} s, of {frames.Count}; the written clip has all, and the numbers are of all.";
        return $"<p class=\"part\">{Text(what)}</p>";
    }

    private static string Plots(PageFrames frames, RunSeries series)
    {
        double shown = frames.Pairs.Count < frames.Count ? frames.End.TotalSeconds : double.PositiveInfinity;
        string flicker = FlickerPlot.Svg("Flicker", series.Seconds, series.Before.Flicker, series.After.Flicker, shown);
        string residual = FlickerPlot.Svg("Residual", series.Seconds, series.Before.Residual, series.After.Residual, shown);
        string html = Plot("Flicker over time", flicker) + Plot("Residual over time", residual);
        return html.Length == 0 ? "" : $"<div class=\"columns plots\">\n{html}</div>";
    }

    private static string Plot(string heading, string svg) => svg.Length == 0
        ? ""
        : $"<section><h2>{heading} <small><b class=\"before\">before</b> <b class=\"after\">after</b>, grey levels</small></h2>\n"
            + $"{svg}</section>\n";

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
        foreach (var row in MeasureRow.Of(run))
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

    private static string Memory(RunSummary run)
    {
        var parts = run.Memory.Where(part => part.Bytes > 0).ToList();
        double most = Math.Max(parts.Select(part => part.Bytes).DefaultIfEmpty().Max(), 1);
        var html = new StringBuilder();
        foreach (var (name, bytes) in parts)
        {
            string share = (bytes / most * 100).ToString("0.0", CultureInfo.InvariantCulture);
            html.Append($"<tr><th scope=\"row\">{Text(name)}<i style=\"width:{share}%\"></i></th><td>{RunTable.Bytes(bytes)}</td></tr>\n");
        }

        if (run.PeakDeviceBytes is { } device) Sum("the device at most", device);
        Sum("the process at most", run.PeakMemoryBytes);
        return html.ToString();

        void Sum(string name, long bytes) =>
            html.Append($"<tr class=\"sum\"><th scope=\"row\">{name}</th><td>{RunTable.Bytes(bytes)}</td></tr>\n");
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

    private static string Text(string text) => PageTemplate.Text(text);
}
