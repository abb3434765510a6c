namespace EvsNative.Layers.Pickles;

/// <summary>
/// A dictionary in the order of its entries. Keys are texts, numbers, truths, nothing, names and tuples; the last count as equal only to
/// themselves.
/// </summary>
internal class PickleDictionary : PickleContainer
{
    private static readonly object NoKey = new();
    private OrderedDictionary<object, object?>? _entries;

    /// <summary>How many entries.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>An entry by its number; the key of None is null.</summary>
    public (object? Key, object? Value) this[int index]
    {
        get
        {
            var (key, value) = _entries!.GetAt(index);
            return (key == NoKey ? null : key, value);
        }
    }

    /// <summary>The value of a text; null if there is none.</summary>
    public object? Find(string key) => _entries?.GetValueOrDefault(key);

    /// <summary>Adds an entry.</summary>
    /// <exception cref="InputException">the key stands there already, or is of a kind that no key has</exception>
    public void Add(object? key, object? value, PickleInput input)
    {
        if (key is not (null or string or long or double or bool or PickleName or PickleTuple))
            throw input.Damaged("a key of a dictionary is neither a text nor a number");
        Hold(value, input);
        if (!(_entries ??= []).TryAdd(key ?? NoKey, value))
            throw input.Damaged($"key {InputText.Quote(key?.ToString() ?? "None")} stands twice in a dictionary");
    }
}
