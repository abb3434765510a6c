using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Pages;

/// <summary>Tables of the pages that are made from the code: what a page and the program say is one text.</summary>
internal static class MadeTables
{
    /// <summary>The tables by the names that stand in the pages, as in <c>&lt;!-- table: settings --&gt;</c>.</summary>
    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>
    {
        ["settings"] = Settings,
        ["errors"] = () => Codes<InputCode>(InputCodes.Word),
        ["warnings"] = () => Codes<NoticeCode>(InputCodes.Word),
    };

    /// <summary>A table for each group: how a setting is written, and what it means.</summary>
    private static string Settings()
    {
        var text = new StringBuilder();
        foreach (var group in SettingTable.Groups)
        {
            text.Append($"## {char.ToUpperInvariant(group.Name[0])}{group.Name[1..]}\n\n| setting | meaning |\n|---|---|\n");
            foreach (var row in group.Rows) text.Append($"| `{Spelled(row)}` | {Cell(row.Description)} |\n");
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Spelled(Setting row)
    {
        if (row.IsPositional) return row.Placeholder;
        string letter = row.Letter is { } said ? $"{said}, " : "";
        return $"{letter}--{row.Name} {row.Placeholder}".TrimEnd();
    }

    /// <summary>The words of a code, each with what its source says about it.</summary>
    private static string Codes<T>(Func<T, string> word) where T : struct, Enum
    {
        var assembly = typeof(T).Assembly;
        var summaries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")?.Value ?? "");
        var rows = Enum.GetValues<T>().Select(code =>
        {
            string summary = Regex.Replace(summaries[$"F:{typeof(T).FullName}.{code}"], @"\s+", " ").Trim();
            return $"| `{word(code)}` | {Cell(summary)} |\n";
        });
        return "| code | meaning |\n|---|---|\n" + string.Concat(rows);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
