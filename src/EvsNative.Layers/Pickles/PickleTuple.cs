namespace EvsNative.Layers.Pickles;

/// <summary>A row of values that does not change.</summary>
internal sealed class PickleTuple : PickleContainer
{
    /// <summary>The tuple of nothing.</summary>
    public static readonly PickleTuple Empty = new([]);

    private PickleTuple(object?[] items) => Items = items;

    /// <summary>A tuple of these, which are its own from now on.</summary>
    public PickleTuple(object?[] items, PickleInput input)
    {
        Items = items;
        foreach (object? item in items) Hold(item, input);
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<object?> Items { get; }
}
