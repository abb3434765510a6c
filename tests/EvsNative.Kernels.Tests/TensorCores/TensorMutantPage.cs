using System.Globalization;
using System.Text;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>What became of all bugs, as a page.</summary>
internal static class TensorMutantPage
{
    public static string Of(IReadOnlyList<TensorMutantResult> results)
    {
        var text = new StringBuilder("| kernel | forms | bugs | as in a form before | noticed | harmless | left |\n");
        text.Append("|---|--:|--:|--:|--:|--:|--:|\n");
        foreach (var family in results.GroupBy(result => result.Form.Family)) text.Append(Row(family.Key, [.. family]));
        text.Append(Row("all", results)).Append("\nHarmless, and why:\n\n| kernel | bugs | reason |\n|---|--:|---|\n");
        var reasons = results.SelectMany(result => result.Harmless.Select(row => (result.Form.Family, row.Reason)))
            .GroupBy(pair => pair).OrderBy(group => group.Key.Family, StringComparer.Ordinal).ThenByDescending(group => group.Count());
        foreach (var group in reasons)
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key.Family} | {group.Count()} | {group.Key.Reason} |\n");
        return text.ToString();
    }

    private static string Row(string name, IReadOnlyList<TensorMutantResult> results)
    {
        int elsewhere = results.Sum(result => result.Elsewhere), noticed = results.Sum(result => result.Noticed);
        int harmless = results.Sum(result => result.Harmless.Count), left = results.Sum(result => result.Survivors.Count);
        int all = elsewhere + noticed + harmless + left;
        return string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {results.Count} | {all} | {elsewhere} | {noticed} | {harmless} | {left} |\n");
    }
}
