using System.Globalization;
using System.Text;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>What became of all bugs, as a page.</summary>
internal static class TensorMutantPage
{
    private const int MostColumns = 220;

    private const string Heading = """
        # Bugs put into the kernels for tensor cores

        Every bug of `PtxMutants` in every form of `TensorMutantForms`, one at a time, in the interpreter. A bug is noticed if a call of its
        form comes out wrong by its definition or the interpreter finds something. One that stands alike in a form before, ten lines on both
        sides, is tried once. What is harmless has its reason in `tests/EvsNative.Kernels.Tests/TensorCores/TensorHarmless.txt`; what is
        left has none, and fails the run. How to run it says `CONTRIBUTING.md`.


        """;

    public static string Of(IReadOnlyList<TensorMutantResult> results)
    {
        var text = new StringBuilder(Heading).Append("| kernel | forms | bugs | as in a form before | noticed | harmless | left |\n");
        text.Append("|---|--:|--:|--:|--:|--:|--:|\n");
        foreach (var family in results.GroupBy(result => result.Form.Family)) text.Append(Row(family.Key, [.. family]));
        text.Append(Row("all", results)).Append("\nHarmless, and why:\n\n| kernel | bugs | reason |\n|---|--:|---|\n");
        var reasons = results.SelectMany(result => result.Harmless.Select(row => (result.Form.Family, row.Reason)))
            .GroupBy(pair => pair).OrderBy(group => group.Key.Family, StringComparer.Ordinal).ThenByDescending(group => group.Count());
        foreach (var group in reasons)
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key.Family} | {group.Count()} | {group.Key.Reason} |\n");
        string[] left = [.. results.SelectMany(result => result.Survivors)];
        if (left.Length > 0) text.Append("\nLeft, without a reason:\n\n");
        foreach (string survivor in left) text.Append(CultureInfo.InvariantCulture, $"- `{Short(survivor)}`\n");
        return text.ToString();
    }

    private static string Short(string line) => line.Length <= MostColumns ? line : $"{line[..MostColumns]}...";

    private static string Row(string name, IReadOnlyList<TensorMutantResult> results)
    {
        int elsewhere = results.Sum(result => result.Elsewhere), noticed = results.Sum(result => result.Noticed);
        int harmless = results.Sum(result => result.Harmless.Count), left = results.Sum(result => result.Survivors.Count);
        int all = elsewhere + noticed + harmless + left;
        return string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {results.Count} | {all} | {elsewhere} | {noticed} | {harmless} | {left} |\n");
    }
}
