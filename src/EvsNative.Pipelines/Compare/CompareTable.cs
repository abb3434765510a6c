using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Compare;

/// <summary>A table as it is shown: of a group of settings, or of what was published.</summary>
/// <param name="Heading">what stands above it</param>
/// <param name="Rows">from top to bottom</param>
public sealed record CompareTable(string Heading, IReadOnlyList<CompareRow> Rows)
{
    /// <summary>The columns that a row of it has a number for.</summary>
    public IReadOnlyList<CompareColumn> Columns { get; } = CompareColumn.In([.. Rows]);

    /// <summary>
    /// The tables of a comparison: one for each group. Rows of the paper stand below ours where the clips are the paper's.
    /// </summary>
    public static IReadOnlyList<CompareTable> Of(CompareResult result)
    {
        if (result.Input is not { } input) return [];
        return [.. result.Request.Groups.Select(group => new CompareTable(group.Name, [.. RowsOf(result, input, group)]))];
    }

    /// <summary>The paper's Table 2, and Table 1 of a set.</summary>
    /// <param name="set">the set of Table 1; VC2, of which Table 2 is, if nobody names one</param>
    public static IReadOnlyList<CompareTable> Published(PaperSet? set)
    {
        var named = set ?? PaperSet.VideoCrafter2;
        return
        [
            Of($"Table 2 of the paper: compositions, {PaperTable.Name(PaperSet.VideoCrafter2)}", PaperTable.Compositions),
            Of($"Table 1 of the paper: methods, {PaperTable.Name(named)}", PaperTable.Methods(named)),
        ];
    }

    private static CompareTable Of(string heading, IReadOnlyList<PaperRow> rows) => new(heading, [.. rows.Select(CompareRow.Of)]);

    private static IEnumerable<CompareRow> RowsOf(CompareResult result, CompareRow input, CompareGroup group)
    {
        var set = result.Request.Set;
        yield return input;
        if (set is not null && !group.IsCurve) yield return Beside(PaperTable.Methods(set.Value)[0]);
        foreach (var variant in group.Variants)
        {
            yield return result.Row(variant)! with { Name = variant.Label };
            var published = set is not null && variant.Mode is { } mode ? PaperTable.Of(mode, set.Value) : null;
            if (published is not null) yield return Beside(published);
        }
    }

    private static CompareRow Beside(PaperRow row) => CompareRow.Of(row) with { Name = $"{Name(row)}, as published" };

    private static string Name(PaperRow row) => row.Mode is EvsMode mode ? CompareGroup.NameOf(mode) : row.Name;
}
