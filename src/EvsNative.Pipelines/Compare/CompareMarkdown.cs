using System.Text;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Compare;

/// <summary>The tables of a comparison as Markdown.</summary>
public static class CompareMarkdown
{
    /// <summary>All of it: a table for each group, notes, and what was published.</summary>
    public static string Of(CompareResult result)
    {
        var text = new StringBuilder("# Comparison\n\n");
        foreach (var table in CompareTable.Of(result)) text.Append($"## {Cell(table.Heading)}\n\n{Of(table)}\n");
        foreach (string note in CompareNotes.Of(result)) text.Append($"- {Cell(note)}\n");
        text.Append('\n');
        foreach (var table in CompareTable.Published(result.Request.Set)) text.Append($"## {table.Heading}\n\n{Of(table)}\n");
        foreach (string remark in CompareNotes.Remarks) text.Append($"- {remark}\n");
        return text.ToString();
    }

    /// <summary>One table.</summary>
    public static string Of(CompareTable table)
    {
        var columns = table.Columns;
        var text = new StringBuilder("| |");
        foreach (var column in columns) text.Append($" {column.Heading} |");
        text.Append($"\n|---|{string.Concat(columns.Select(_ => "--:|"))}\n");
        foreach (var row in table.Rows)
        {
            text.Append($"| {Cell(row.Name)} |");
            foreach (var column in columns) text.Append($" {column.Text(row)} |");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Cell(string text) => InputText.OneLine(text).Replace("|", "\\|", StringComparison.Ordinal);
}
