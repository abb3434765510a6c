namespace EvsNative.Layers.Pickles;

/// <summary>A row of values that grows.</summary>
internal sealed class PickleList : PickleContainer
{
    private List<object?>? _items;

    /// <summary>The values.</summary>
    public IReadOnlyList<object?> Items => _items ?? [];

    /// <summary>Adds a value.</summary>
    public void Add(object? item, PickleInput input)
    {
        Hold(item, input);
        (_items ??= []).Add(item);
    }

    /// <summary>Adds values.</summary>
    public void AddRange(ReadOnlySpan<object?> items, PickleInput input)
    {
        foreach (object? item in items) Hold(item, input);
        if (items.Length > 0) (_items ??= []).AddRange(items);
    }
}
