using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.PtxSim;

/// <summary>
/// The bugs of kernels for tensor cores: copies that are not waited for, fragments in another order, rows of shared memory in other places.
/// </summary>
internal static partial class TensorMutants
{
    private const int RowOfMatrix = 16;

    /// <summary>What may be wrong with a line: the bug, and the line with it.</summary>
    public static IEnumerable<(string What, string Line)> OfLine(string line) =>
        [.. OfCopies(line), .. OfMatrices(line), .. OfProducts(line), .. OfBits(line)];

    private static IEnumerable<(string What, string Line)> OfCopies(string line)
    {
        if (WaitForGroups().Match(line) is { Success: true } wait)
            yield return ("waits for a group less", Replaced(line, wait.Groups["pending"], Text(Number(wait.Groups["pending"]) + 1)));
        if (WaitForAll().IsMatch(line)) yield return ("wait dropped", "");
        if (Commit().IsMatch(line)) yield return ("group not closed", "");
        if (CopySize().Match(line) is { Success: true } size) yield return ("copy made full", Replaced(line, size.Groups["size"], ""));
    }

    private static IEnumerable<(string What, string Line)> OfMatrices(string line)
    {
        if (Matrix().Match(line) is not { Success: true } matrix) yield break;
        string inner = matrix.Groups["address"].Value;
        var offset = Offset().Match(inner);
        string shifted = offset.Success
            ? Replaced(inner, offset.Groups["offset"], Text(Number(offset.Groups["offset"]) + RowOfMatrix))
            : $"{inner}+{RowOfMatrix}";
        yield return ("address of a matrix shifted", Replaced(line, matrix.Groups["address"], shifted));
        yield return matrix.Groups["trans"].Success
            ? ("no longer transposed", Replaced(line, matrix.Groups["trans"], ""))
            : ("transposed", Replaced(line, matrix.Groups["count"], matrix.Groups["count"].Value + ".trans"));
    }

    private static IEnumerable<(string What, string Line)> OfProducts(string line)
    {
        if (Product().Match(line) is not { Success: true } product) yield break;
        foreach (string side in (string[])["left", "right"])
        {
            var group = product.Groups[side];
            string[] registers = group.Value.Split(',', StringSplitOptions.TrimEntries);
            if (registers.Length < 2) continue;

            // Of four the two that differ in rows and columns.
            int at = registers.Length == 4 ? 1 : 0;
            if (registers[at] == registers[at + 1]) continue;
            (registers[at], registers[at + 1]) = (registers[at + 1], registers[at]);
            yield return ($"registers of the {side} matrix exchanged", Replaced(line, group, string.Join(", ", registers)));
        }
    }

    /// <summary>Places of rows are made of bits: which lane, which chunk, exchanged by exclusive or.</summary>
    private static IEnumerable<(string What, string Line)> OfBits(string line)
    {
        if (Shuffle().Match(line) is { Success: true } shuffle)
        {
            int by = Number(shuffle.Groups["by"]);
            yield return ("other lanes", Replaced(line, shuffle.Groups["by"], Text(by == RowOfMatrix ? by / 2 : by * 2)));
        }

        if (Shift().Match(line) is { Success: true } shift)
            yield return ("shift changed", Replaced(line, shift.Groups["number"], Text(Number(shift.Groups["number"]) ^ 1)));
        if (Mask().Match(line) is { Success: true } mask && Number(mask.Groups["number"]) is not 0 and var bits)
            yield return ("bit dropped", Replaced(line, mask.Groups["number"], Text(bits & (bits - 1))));
    }

    private static int Number(Capture text) => int.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Replaced(string line, Capture part, string by) => line[..part.Index] + by + line[(part.Index + part.Length)..];

    [GeneratedRegex(@"\bcp\.async\.wait_group\s+(?<pending>\d+)")]
    private static partial Regex WaitForGroups();

    [GeneratedRegex(@"\bcp\.async\.wait_all\b")]
    private static partial Regex WaitForAll();

    [GeneratedRegex(@"\bcp\.async\.commit_group\b")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\bcp\.async\.c[ag]\.[\w:.]+\s+\[[^\]]+\],\s*\[[^\]]+\],\s*\d+(?<size>\s*,\s*[^;]+)")]
    private static partial Regex CopySize();

    [GeneratedRegex(@"\bldmatrix\.sync\.aligned\.m8n8\.(?<count>x[124])(?<trans>\.trans)?\.[\w.:]+\s+\{[^}]*\},\s*\[(?<address>[^\]]+)\]")]
    private static partial Regex Matrix();

    [GeneratedRegex(@"\+\s*(?<offset>-?\d+)\s*$")]
    private static partial Regex Offset();

    [GeneratedRegex(@"\bmma\.sync\.[\w.]+\s+\{[^}]*\},\s*\{(?<left>[^}]*)\},\s*\{(?<right>[^}]*)\}")]
    private static partial Regex Product();

    [GeneratedRegex(@"\bshfl\.sync\.\w+\.b32\s+[^,]+,\s*[^,]+,\s*(?<by>[1-9]\d*)\s*,")]
    private static partial Regex Shuffle();

    [GeneratedRegex(@"\bsh[lr]\.\w+\s+[^,]+,\s*[^,]+,\s*(?<number>\d+)\s*;")]
    private static partial Regex Shift();

    [GeneratedRegex(@"\b(xor|and)\.b(32|64)\s+[^,]+,\s*[^,]+,\s*(?<number>-?\d{1,9})\s*;")]
    private static partial Regex Mask();
}
