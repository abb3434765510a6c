using System.Text;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Compare;

/// <summary>
/// A comparison for programs: comma-separated values, a line for each mean, each cell and each published row. Numbers that are not known
/// are empty.
/// </summary>
public static class CompareCsv
{
    /// <summary>The whole file.</summary>
    public static string Of(CompareResult result)
    {
        var text = new StringBuilder();
        text.Append(CsvLine.Of(["source", "group", "setting", "clip", .. CompareColumn.All.Select(column => column.Key), "frames"]));
        foreach (var group in result.Request.Groups.Where(_ => result.Input is not null))
        {
            foreach (var variant in group.Variants.Prepend(null))
                text.Append(CsvLine.Of(["mean", group.Name, variant?.Name ?? "input", "", .. Numbers(result.Row(variant)!), ""]));
        }

        foreach (var cell in result.Cells.Where(cell => cell.Numbers is not null))
        {
            var group = result.Request.Groups.FirstOrDefault(group => cell.Variant is { } variant && group.Variants.Contains(variant));
            var numbers = cell.Numbers!;
            var row = new CompareRow("", cell.Variant, numbers.Scores, numbers.Measures, numbers.Seconds, Overall: null);
            string frames = cell is { Variant: not null, Frames: { } folder } ? Path.GetRelativePath(result.Request.Folder, folder) : "";
            text.Append(CsvLine.Of(["clip", group?.Name ?? "", cell.Variant?.Name ?? "input", cell.Clip, .. Numbers(row), frames]));
        }

        foreach (var table in CompareTable.Published(result.Request.Set))
            foreach (var row in table.Rows) text.Append(CsvLine.Of(["paper", table.Heading, row.Name, "", .. Numbers(row), ""]));
        return text.ToString();
    }

    private static IEnumerable<string> Numbers(CompareRow row) =>
        CompareColumn.All.Select(column => CsvLine.Number(column.Value(row)));
}
