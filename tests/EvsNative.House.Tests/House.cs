namespace EvsNative.House.Tests;

/// <summary>The plan of the house: which folder may use which. Lines are "folder: what it may use", names of the folder's own project
/// without the project's; each stands below all that it names.</summary>
internal sealed class House
{
    private readonly Dictionary<string, string[]> _rows = [];

    /// <exception cref="FormatException">a folder stands twice or uses one that does not stand above it</exception>
    public House(IEnumerable<string> lines)
    {
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] row = line.Split(':', StringSplitOptions.TrimEntries);
            string project = row[0].Split('/')[0];
            string[] uses =
            [
                .. row[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(use => _rows.ContainsKey($"{project}/{use}") ? $"{project}/{use}" : use),
            ];
            if (uses.FirstOrDefault(use => !_rows.ContainsKey(use)) is { } above)
                throw new FormatException($"{row[0]}: {above} does not stand above it");
            if (!_rows.TryAdd(row[0], uses)) throw new FormatException($"{row[0]} stands twice");
        }
    }

    /// <summary>The folders and what each may use.</summary>
    public IReadOnlyDictionary<string, string[]> Rows => _rows;

    /// <summary>Uses that the plan does not allow: of each type that a folder uses the first place.</summary>
    public IEnumerable<string> Forbidden(IEnumerable<Arrow> arrows) =>
        arrows.Where(arrow => !_rows.TryGetValue(arrow.From, out string[]? allowed) || !allowed.Contains(arrow.To))
            .DistinctBy(arrow => (arrow.From, arrow.To, arrow.Type))
            .Select(arrow => $"{arrow.Place}: {arrow.From} uses {arrow.Type} of {arrow.To}");

    /// <summary>
    /// What the plan says and the sources do not: folders without files, arrows that nothing uses; and folders that it does not know.
    /// </summary>
    public IEnumerable<string> Outdated(IReadOnlyCollection<SourceFile> files, IReadOnlyCollection<Arrow> arrows)
    {
        var folders = files.Select(file => file.Folder).ToHashSet();
        var used = arrows.Select(arrow => (arrow.From, arrow.To)).ToHashSet();
        return
        [
            .. folders.Except(_rows.Keys).Order().Select(folder => $"{folder}: stands in no line"),
            .. _rows.Keys.Except(folders).Select(folder => $"{folder}: there is no such folder"),
            .. from row in _rows from use in row.Value where !used.Contains((row.Key, use)) select $"{row.Key}: {use} is not used any more",
        ];
    }
}
