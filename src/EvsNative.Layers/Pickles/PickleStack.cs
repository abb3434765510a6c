using System.Runtime.InteropServices;

namespace EvsNative.Layers.Pickles;

/// <summary>The values that a pickle has at hand, the marks among them, and its memo.</summary>
/// <param name="input">where the pickle is, for messages</param>
internal sealed class PickleStack(PickleInput input)
{
    private static readonly object NeverPut = new();
    private readonly List<object?> _values = [], _memo = [];
    private readonly List<int> _marks = [];

    /// <summary>Values above the last mark.</summary>
    private int Reachable => _values.Count - (_marks.Count > 0 ? _marks[^1] : 0);

    /// <summary>Puts a value on top.</summary>
    public void Push(object? value)
    {
        if (_values.Count + _marks.Count == InputLimits.PickleStack)
            throw input.TooLarge($"more than {InputLimits.PickleStack} values at hand");
        _values.Add(value);
    }

    /// <summary>Takes the topmost value.</summary>
    public object? Pop()
    {
        object? value = Top();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>The topmost value.</summary>
    public object? Top() => Reachable > 0 ? _values[^1] : throw input.Damaged("it takes a value where none is");

    /// <summary>The topmost value, which must be of a kind.</summary>
    public T Top<T>()
        where T : class => Top() as T ?? throw input.Damaged("a step meets a value of another kind");

    /// <summary>Takes the topmost value, which must be of a kind.</summary>
    public T Pop<T>()
        where T : class => Pop() as T ?? throw input.Damaged("a step meets a value of another kind");

    /// <summary>Sets a mark.</summary>
    public void Mark()
    {
        if (_values.Count + _marks.Count == InputLimits.PickleStack)
            throw input.TooLarge($"more than {InputLimits.PickleStack} values at hand");
        _marks.Add(_values.Count);
    }

    /// <summary>A tuple of the topmost values.</summary>
    public PickleTuple Tuple(int count)
    {
        if (Reachable < count) throw input.Damaged("it takes a value where none is");
        var tuple = new PickleTuple(CollectionsMarshal.AsSpan(_values)[^count..].ToArray(), input);
        _values.RemoveRange(_values.Count - count, count);
        return tuple;
    }

    /// <summary>Takes all values above the last mark, and the mark.</summary>
    public object?[] TakeToMark()
    {
        if (_marks.Count == 0) throw input.Damaged("it goes back to a mark where none is");
        int from = _marks[^1];
        object?[] items = CollectionsMarshal.AsSpan(_values)[from..].ToArray();
        _values.RemoveRange(from, items.Length);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    /// <summary>The last value of all, at the end.</summary>
    public object? Last() =>
        _values.Count == 1 && _marks.Count == 0 ? _values[0] : throw input.Damaged("it ends with values left over");

    /// <summary>Puts the topmost value into the memo as well.</summary>
    /// <param name="place">where; null for the next place</param>
    /// <param name="most">places that there can be</param>
    public void Put(long? place, int most)
    {
        object? value = Top();
        long at = place ?? _memo.Count;
        if (at >= most) throw input.Damaged("its memo has more places than it has steps");
        while (_memo.Count <= at) _memo.Add(NeverPut);
        _memo[(int)at] = value;
    }

    /// <summary>Puts a value of the memo on top.</summary>
    public void Get(long place)
    {
        object? value = place < _memo.Count ? _memo[(int)place] : NeverPut;
        Push(value != NeverPut ? value : throw input.Damaged($"place {place} of its memo was never filled"));
    }
}
