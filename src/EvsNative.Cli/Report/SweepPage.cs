using System.Text;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Report;

/// <summary>
/// One HTML file with a comparison: plots, tables, the first clip under each composition, and what was published. Everything is inside
/// the file, nothing is fetched, and there is no script.
/// </summary>
internal static class SweepPage
{
    /// <summary>Writes the page, in UTF-8.</summary>
    /// <param name="to">where to</param>
    /// <param name="result">the numbers</param>
    public static void Write(Stream to, CompareResult result)
    {
        Action<TextWriter> Said(string text) => page => page.Write(text);
        PageTemplate.Write(to, "sweep.html", new Dictionary<string, Action<TextWriter>>
        {
            ["title"] = Said(PageTemplate.Text(Title(result))),
            ["facts"] = Said(PageTemplate.Text(Facts(result))),
            ["plots"] = Said(SweepPlots.Html(result)),
            ["strips"] = page => Strips(page, result),
            ["tables"] = Said(string.Concat(CompareTable.Of(result).Select(Table))),
            ["notes"] = Said(Items(CompareNotes.Of(result))),
            ["published"] = Said(string.Concat(CompareTable.Published(result.Request.Set).Select(Table))),
            ["remarks"] = Said(Items(CompareNotes.Remarks)),
            ["footer"] = Said(PageTemplate.Text($"EvsNative {RefineRun.Version}")),
        });
    }

    private static string Title(CompareResult result)
    {
        var groups = result.Request.Groups;
        string[] parts =
        [
            .. groups.Where(group => !group.IsCurve).Select(group => Count(group.Variants.Count, "composition")),
            .. groups.Where(group => group.IsCurve).Select(group => group.Name),
        ];
        return $"{string.Join(", ", parts)} on {Count(result.Request.Clips.Count, "clip")}";
    }

    private static string Facts(CompareResult result)
    {
        int cells = result.Cells.Count(cell => cell is { Variant: not null, Numbers: not null });
        string clips = result.Request.Clips is [var only] ? only.Name : Count(result.WholeClips.Count, "whole clip");
        return $"{clips} · {Count(cells, "result")} · the frames lie in the folder cells beside this page, table.csv has every number";
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    /// <summary>The first whole clip as it was given and under each composition; of sweeps alone the first one.</summary>
    private static void Strips(TextWriter page, CompareResult result)
    {
        if (result.WholeClips.Count == 0) return;
        var group = result.Request.Groups.FirstOrDefault(group => !group.IsCurve) ?? result.Request.Groups[0];
        var cells = result.Cells.Where(cell => cell.Clip == result.WholeClips[0])
            .Where(cell => cell.Variant is null || group.Variants.Contains(cell.Variant)).ToArray();
        var (width, height) = (0, 0);
        foreach (var cell in cells)
        {
            using var clip = FrameFiles.Open(cell.Frames!);
            if (clip.Format.Width > width) (width, height) = (clip.Format.Width, clip.Format.Height);
        }

        page.Write($"<h2>{PageTemplate.Text(result.WholeClips[0])}</h2>\n<div class=\"strips\">\n");
        foreach (var cell in cells) page.Write(FilmStrip.Figure(cell.Variant?.Name ?? "input", cell.Frames!, width, height));
        page.Write("</div>\n");
    }

    /// <summary>A table; the best of each column stands out, where one can say what is best.</summary>
    private static string Table(CompareTable table)
    {
        var html = new StringBuilder($"<section class=\"table\"><h2>{PageTemplate.Text(table.Heading)}</h2>\n<table><thead><tr><th></th>");
        foreach (var column in table.Columns)
        {
            string unit = column.Unit.Length > 0 ? $"<small>{PageTemplate.Text(column.Unit)}</small>" : "";
            html.Append($"<th scope=\"col\">{PageTemplate.Text(column.Title)}{unit}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append($"<tr{(row.IsPublished ? " class=\"published\"" : "")}><th scope=\"row\">{PageTemplate.Text(row.Name)}</th>");
            foreach (var column in table.Columns)
                html.Append($"<td{(IsBest(table, column, row) ? " class=\"best\"" : "")}>{column.Text(row)}</td>");
            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></section>\n").ToString();
    }

    /// <summary>Whether no row of its kind, ours or published, has a better number as it is printed.</summary>
    private static bool IsBest(CompareTable table, CompareColumn column, CompareRow row)
    {
        if (column.MoreIsBetter is not { } more || column.Value(row) is not { } value) return false;
        var others = table.Rows.Where(other => other.IsPublished == row.IsPublished).Select(other => column.Value(other)).OfType<double>();
        double Printed(double number) => double.IsFinite(number) ? Math.Round(number, column.Digits) : number;
        return others.All(other => more ? Printed(other) <= Printed(value) : Printed(other) >= Printed(value));
    }

    private static string Items(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"<li>{PageTemplate.Text(line)}</li>\n"));
}
