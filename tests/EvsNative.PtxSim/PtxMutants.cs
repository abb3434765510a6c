using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.PtxSim;

/// <summary>
/// Puts bugs into the text of a kernel, one at a time. A test of a kernel that means something notices nearly all of them, by findings of
/// the machine or by wrong numbers; those that change nothing (a barrier too many) are the rest.
/// </summary>
public static partial class PtxMutants
{
    private static readonly Dictionary<string, string> Relations = new()
    {
        ["lt"] = "le",
        ["le"] = "lt",
        ["gt"] = "ge",
        ["ge"] = "gt",
        ["lo"] = "ls",
        ["ls"] = "lo",
        ["hi"] = "hs",
        ["hs"] = "hi",
        ["ltu"] = "leu",
        ["leu"] = "ltu",
        ["gtu"] = "geu",
        ["geu"] = "gtu",
        ["eq"] = "ne",
        ["ne"] = "eq",
    };

    private static readonly Dictionary<string, string> Specials = new()
    {
        ["%tid.x"] = "%laneid",
        ["%tid.y"] = "%tid.x",
        ["%ntid.x"] = "%nctaid.x",
        ["%ntid.y"] = "%nctaid.y",
        ["%ctaid.x"] = "%ctaid.y",
        ["%ctaid.y"] = "%ctaid.x",
        ["%ctaid.z"] = "%ctaid.x",
        ["%nctaid.x"] = "%ntid.x",
    };

    /// <summary>All mutants of the kernels of a text, in the order of its lines.</summary>
    public static IEnumerable<PtxMutant> Of(string text)
    {
        string[] lines = text.Split('\n');
        bool isInKernel = false;
        for (int at = 0; at < lines.Length; at++)
        {
            isInKernel |= lines[at].Contains(".entry", StringComparison.Ordinal);
            if (!isInKernel || !Instruction().IsMatch(lines[at])) continue;
            foreach (var (what, line) in OfLine(lines[at]))
            {
                yield return new PtxMutant($"line {at + 1}, {what}: {Plain(lines[at])} -> {Plain(line)}", lines, at, line);
            }
        }
    }

    private static IEnumerable<(string What, string Line)> OfLine(string line)
    {
        if (Barrier().IsMatch(line)) yield return ("barrier dropped", "");
        if (SharedAccess().Match(line) is { Success: true } access)
        {
            var address = Address().Match(line);
            int count = access.Groups["count"].Success ? int.Parse(access.Groups["count"].Value, CultureInfo.InvariantCulture) : 1;
            int size = count * int.Parse(access.Groups["bits"].Value, CultureInfo.InvariantCulture) / 8;
            int offset = address.Groups["offset"].Success ? int.Parse(address.Groups["offset"].Value, CultureInfo.InvariantCulture) : 0;
            yield return ("address shifted", Replaced(line, address, $"[{address.Groups["base"].Value}+{offset + size}]"));
        }

        if (Subtraction().Match(line) is { Success: true } subtraction)
        {
            string exchanged = $"{subtraction.Groups["b"].Value}, {subtraction.Groups["a"].Value}";
            yield return ("operands exchanged", Replaced(line, subtraction.Groups["operands"], exchanged));
        }

        if (Comparison().Match(line) is { Success: true } comparison)
        {
            if (Relations.TryGetValue(comparison.Groups["relation"].Value, out string? relation))
            {
                yield return ("relation changed", Replaced(line, comparison.Groups["relation"], relation));
            }

            string a = comparison.Groups["a"].Value, b = comparison.Groups["b"].Value;
            if (comparison.Groups["relation"].Value is not ("eq" or "ne"))
            {
                yield return ("operands exchanged", Replaced(line, comparison.Groups["operands"], $"{b}, {a}"));
            }

            if (long.TryParse(b, CultureInfo.InvariantCulture, out long bound))
            {
                yield return ("bound one larger",
                    Replaced(line, comparison.Groups["b"], (bound + 1).ToString(CultureInfo.InvariantCulture)));
            }
        }

        foreach (Match special in Special().Matches(line))
        {
            if (Specials.TryGetValue(special.Value, out string? other))
                yield return ("special register changed", Replaced(line, special, other));
        }

        if (Guard().Match(line) is { Success: true } guard) yield return ("predicate dropped", Replaced(line, guard, ""));
        foreach (var mutant in TensorMutants.OfLine(line)) yield return mutant;
    }

    private static string Replaced(string line, Capture part, string by) => line[..part.Index] + by + line[(part.Index + part.Length)..];

    private static string Plain(string line) =>
        line.Length == 0 ? "nothing" : string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^\s*(@!?%?\w+\s+)?[a-z]\w*[.\w:]*\s*[^:]*;")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\b(bar|barrier)\.sync\b")]
    private static partial Regex Barrier();

    [GeneratedRegex(@"\b(ld|st)\.shared\.(v(?<count>[24])\.)?[busf](?<bits>\d+)\b")]
    private static partial Regex SharedAccess();

    [GeneratedRegex(@"\[(?<base>%?\w+)(\+(?<offset>\d+))?\]")]
    private static partial Regex Address();

    [GeneratedRegex(@"\bsub(\.\w+)+\s+%?\w+,\s*(?<operands>(?<a>[^,;]+),\s*(?<b>[^,;]+))")]
    private static partial Regex Subtraction();

    [GeneratedRegex(@"\bsetp\.(?<relation>\w+)(\.\w+)+\s+%?\w+(\|%?\w+)?,\s*(?<operands>(?<a>[^,;]+),\s*(?<b>[^,;]+))")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"%(n?tid|n?ctaid)\.[xyz]")]
    private static partial Regex Special();

    [GeneratedRegex(@"@!?%?\w+\s+")]
    private static partial Regex Guard();
}
