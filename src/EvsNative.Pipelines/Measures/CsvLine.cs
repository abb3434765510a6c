using System.Globalization;

namespace EvsNative.Pipelines.Measures;

/// <summary>Lines of tables for programs: comma-separated values (RFC 4180), numbers with a point.</summary>
public static class CsvLine
{
    /// <summary>A line with its end.</summary>
    public static string Of(IEnumerable<string> cells) => $"{string.Join(',', cells.Select(Cell))}\r\n";

    /// <summary>A number with nine digits; nothing where there is none.</summary>
    public static string Number(double? value) => value?.ToString("G9", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Quoted where it must be.</summary>
    private static string Cell(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
