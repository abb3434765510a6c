namespace EvsNative.Bench;

/// <summary>Prints columns, as text or as Markdown: the first to the left, the others to the right.</summary>
/// <param name="isMarkdown">for a page</param>
/// <param name="columns">heading and width of each</param>
internal sealed class Table(bool isMarkdown, params (string Heading, int Width)[] columns)
{
    /// <summary>The headings.</summary>
    public void Head()
    {
        Line([.. columns.Select(column => column.Heading)]);
        if (isMarkdown) Console.WriteLine($"|{string.Join('|', columns.Select((_, i) => i == 0 ? "---" : "--:"))}|");
    }

    /// <summary>One line.</summary>
    public void Line(params string[] cells)
    {
        if (isMarkdown) Console.WriteLine($"| {string.Join(" | ", cells)} |");
        else
        {
            var padded = cells.Select((cell, i) => i == 0 ? cell.PadRight(columns[i].Width) : cell.PadLeft(columns[i].Width));
            Console.WriteLine(string.Concat(padded).TrimEnd());
        }
    }
}
