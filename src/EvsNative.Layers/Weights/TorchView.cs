using EvsNative.Layers.Pickles;

namespace EvsNative.Layers;

/// <summary>
/// How a tensor looks at a storage: its element of index i is the storage's element offset + sum of i[axis] strides[axis]. Several may look
/// at one storage.
/// </summary>
internal sealed class TorchView
{
    private readonly long[] _shape, _strides;

    /// <summary>Checks a view of a pickle against its storage.</summary>
    /// <exception cref="InputException">its parts are of other kinds, or it reaches beyond the storage</exception>
    public TorchView(TorchStorage storage, StoredType type, object? offset, object? shape, object? strides, PickleInput input)
    {
        (Storage, Type) = (storage, type);
        (_shape, _strides) = (Integers(shape, input), Integers(strides, input));
        Offset = offset as long? ?? throw input.Damaged("a tensor's place is no integer");
        if (_shape.Length != _strides.Length) throw input.Damaged("a tensor has sizes and strides of different number");
        if (_shape.Length > InputLimits.Axes) throw input.TooLarge($"a tensor of more than {InputLimits.Axes} axes");
        if (Offset < 0 || _shape.Any(size => size < 0) || _strides.Any(stride => stride < 0))
            throw input.Damaged("a tensor has a negative size, stride or place");
        try
        {
            CheckReach(input);
        }
        catch (OverflowException)
        {
            throw input.Damaged("a tensor's size overflows 64 bits");
        }
    }

    /// <summary>The numbers that are looked at.</summary>
    public TorchStorage Storage { get; }

    /// <summary>The type of the elements.</summary>
    public StoredType Type { get; }

    /// <summary>The first element.</summary>
    public long Offset { get; }

    /// <summary>Elements along each axis.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Elements of the storage from one index of an axis to the next.</summary>
    public IReadOnlyList<long> Strides => _strides;

    /// <summary>Elements in all.</summary>
    public long Count { get; private set; } = 1;

    /// <summary>The place in the file of an element of the storage.</summary>
    public long PlaceOf(long element) => Storage.Place + (element * Type.Bytes());

    /// <summary>The last element of the storage that is looked at; the one before the first where there is none.</summary>
    public long Last => Count == 0 ? Offset - 1 : Offset + _shape.Select((size, axis) => (size - 1) * _strides[axis]).Sum();

    /// <summary>Whether the elements lie one behind the other.</summary>
    public bool IsContiguous
    {
        get
        {
            if (Count == 0) return true;
            long step = 1;
            for (int axis = _shape.Length - 1; axis >= 0; axis--)
            {
                if (_shape[axis] != 1 && _strides[axis] != step) return false;
                step *= _shape[axis];
            }

            return true;
        }
    }

    /// <summary>Whether all of the storage is looked at, in its own order.</summary>
    public bool IsWhole => IsContiguous && Offset == 0 && Count * Type.Bytes() == Storage.Bytes;

    private void CheckReach(PickleInput input)
    {
        long last = Offset;
        bool isEmpty = _shape.Contains(0);
        for (int axis = 0; axis < _shape.Length; axis++)
        {
            Count = checked(Count * _shape[axis]);
            if (!isEmpty) last = checked(last + ((_shape[axis] - 1) * _strides[axis]));
        }

        if (Count > InputLimits.Elements) throw input.TooLarge($"a tensor of {Count} numbers");
        long elements = Storage.Bytes / Type.Bytes();
        if (!isEmpty && last >= elements) throw input.Damaged($"a tensor reaches element {last} of a storage of {elements}");
    }

    private static long[] Integers(object? tuple, PickleInput input)
    {
        var items = (tuple as PickleTuple)?.Items ?? throw input.Damaged("a tensor's sizes or strides are no tuple");
        return [.. items.Select(item => item as long? ?? throw input.Damaged("a tensor's sizes or strides are no integers"))];
    }
}
