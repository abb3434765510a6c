namespace EvsNative.Pipelines.Settings;

/// <summary>Settings that stand together in the help. A row joins its group where it is declared.</summary>
/// <param name="name">the heading</param>
/// <param name="isTold">true if a run tells these settings with its result, so that it can be done again</param>
public sealed class SettingGroup(string name, bool isTold = true)
{
    private readonly List<Setting> _rows = [];

    /// <summary>The heading.</summary>
    public string Name => name;

    /// <summary>True if a run tells these settings with its result, so that it can be done again.</summary>
    public bool IsTold => isTold;

    /// <summary>The settings in the order in which they are listed.</summary>
    public IReadOnlyList<Setting> Rows => _rows;

    /// <summary>Adds a row and returns it.</summary>
    internal Setting<T> Add<T>(Setting<T> row) where T : notnull
    {
        _rows.Add(row);
        row.Group = this;
        return row;
    }
}
