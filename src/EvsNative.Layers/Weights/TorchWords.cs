using EvsNative.Layers.Pickles;

namespace EvsNative.Layers;

/// <summary>
/// What the names of a PyTorch file mean: tensors on storages, dictionaries, and values beside them that are not looked at. Nothing else
/// can be asked for; classes of trainers, which stand in old checkpoints as keys, are words that nothing can call.
/// </summary>
/// <param name="isLegacy">whether persistent ids have the part that only the layout before torch 1.6 has</param>
internal sealed class TorchWords(bool isLegacy) : IPickleWords
{
    private readonly Dictionary<(string, string), PickleName> _names = [];
    private readonly Dictionary<string, TorchStorage> _storages = [];
    private int _tensors;

    /// <summary>The storages that were named, by their keys.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <inheritdoc/>
    public PickleName Find(string module, string name, PickleInput input)
    {
        if (_names.TryGetValue((module, name), out var known)) return known;
        if (TorchNames.IsKnown(module, name)) return _names[(module, name)] = new PickleName(module, name);
        throw TorchNames.NotReadOf(module, name) is { } what ? input.Unsupported(what) : input.Unsafe(InputText.Quote($"{module}.{name}"));
    }

    /// <inheritdoc/>
    public object? Call(PickleName name, PickleTuple arguments, PickleInput input)
    {
        var parts = arguments.Items;
        switch (name.Text)
        {
            case "torch._utils._rebuild_tensor": return Tensor(parts, parts.Count == 4, null, input);
            case "torch._utils._rebuild_tensor_v2": return Tensor(parts, HasNoHooks(parts, [6, 7], 5), null, input);
            case "torch._utils._rebuild_tensor_v3":
                return Tensor(parts, HasNoHooks(parts, [7, 8], 5), ElementType(parts.ElementAtOrDefault(6), input), input);
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state":
                return HasNoHooks(parts, [3, 4], 2) && parts[0] is TorchView view ? view : throw Parts(name, input);
            case "torch._tensor._rebuild_from_type_v2":
                bool isRebuilt = parts.Count == 4 && parts[0] is PickleName { Module: "torch._utils" };
                return isRebuilt && parts[2] is PickleTuple inner
                    ? Call((PickleName)parts[0]!, inner, input) : throw Parts(name, input);
            case "collections.OrderedDict": return Dictionary(name, parts, input);
            case "collections.defaultdict":
                return parts.Count == 0 || parts is [PickleName or null] ? new PickleDictionary() : throw Parts(name, input);
            case "collections.Counter": return parts is [PickleDictionary counts] ? counts : throw Parts(name, input);
            case "torch.Size": return parts is [PickleTuple size] ? size : throw Parts(name, input);
            case "torch.device": return parts is [string, ..] ? parts[0] : throw Parts(name, input);
            default:
                if (TorchNames.Called.Contains(name.Text)) return PickleIgnored.Value;
                throw input.Unsafe($"a call of {InputText.Quote(name.Text)}");
        }
    }

    /// <inheritdoc/>
    public object? New(PickleName name, PickleTuple arguments, PickleInput input) =>
        name.Text == TorchNames.ParameterDictionary && arguments.Items.Count == 0
            ? new PickleObject()
            : throw input.Unsafe($"an object of {InputText.Quote(name.Text)}");

    /// <summary>The state of what is read as a dictionary is dropped, but for the parameters of a dictionary of parameters.</summary>
    public void Build(object? target, object? state, PickleInput input)
    {
        if (target is PickleIgnored) return;
        if (target is not PickleDictionary dictionary) throw input.Unsafe("a state of something that has none");
        if (target is not PickleObject || (state as PickleDictionary)?.Find("_parameters") is not PickleDictionary parameters) return;
        for (int i = 0; i < parameters.Count; i++) dictionary.Add(parameters[i].Key, parameters[i].Value, input);
    }

    /// <inheritdoc/>
    public object Persistent(object? id, PickleInput input)
    {
        var parts = (id as PickleTuple)?.Items ?? [];
        bool isStorage = parts.Count == (isLegacy ? 6 : 5) && parts[0] is "storage";
        if (!isStorage) throw input.Unsupported("something by a persistent id that is no storage of numbers");
        if (isLegacy && parts[5] is not null) throw input.Unsupported("a view of a storage, as torch before 0.4 wrote");
        if (parts is not [_, PickleName { Module: var module, Name: var name }, string key, _, long count, ..]
            || !TorchNames.IsTorch(module) || !TorchNames.Storages.TryGetValue(name, out var type))
        {
            throw input.Damaged("a storage of numbers has parts of other kinds");
        }

        if (!IsKey(key)) throw input.Damaged($"a storage of numbers has the name {InputText.Quote(key)}");
        if (count is < 0 or > InputLimits.Elements * sizeof(double)) throw input.Damaged($"a storage of {count} numbers");
        if (!_storages.TryGetValue(key, out var storage))
            return _storages[key] = new TorchStorage(key, type, count, name == TorchNames.Untyped);
        bool isSame = storage.Type == type && storage.Count == count && storage.IsUntyped == (name == TorchNames.Untyped);
        return isSame ? storage : throw input.Damaged($"storage {InputText.Quote(key)} has two types or sizes");
    }

    private static bool IsKey(string key) => key.Length is > 0 and < 64 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>Whether a tensor has as many parts as it may and no hooks: they would be called.</summary>
    private static bool HasNoHooks(IReadOnlyList<object?> parts, int[] counts, int hooks) =>
        counts.Contains(parts.Count) && parts[hooks] is PickleDictionary { Count: 0 };

    private TorchView Tensor(IReadOnlyList<object?> parts, bool isWhole, StoredType? type, PickleInput input)
    {
        if (!isWhole) throw input.Unsafe("a tensor of other parts, or with hooks");
        if (++_tensors > InputLimits.Tensors) throw input.TooLarge($"more than {InputLimits.Tensors} tensors");
        if (parts[0] is not TorchStorage storage) throw input.Damaged("a tensor on something that is no storage");
        if (storage.IsUntyped != (type is not null)) throw input.Damaged("a tensor on a storage of another kind");
        return new TorchView(storage, type ?? storage.Type, parts[1], parts[2], parts[3], input);
    }

    private static StoredType ElementType(object? word, PickleInput input)
    {
        if (word is not PickleName { Module: var module, Name: var name } || !TorchNames.IsTorch(module))
            throw input.Damaged("a tensor's type is no type");
        return TorchNames.Types.TryGetValue(name, out var type) ? type : throw input.Unsupported($"numbers of type {InputText.Name(name)}");
    }

    private static PickleDictionary Dictionary(PickleName name, IReadOnlyList<object?> parts, PickleInput input)
    {
        var dictionary = new PickleDictionary();
        if (parts.Count == 0) return dictionary;
        if (parts is not [PickleList pairs]) throw Parts(name, input);
        foreach (object? pair in pairs.Items)
        {
            var both = (pair as PickleTuple)?.Items ?? (pair as PickleList)?.Items;
            if (both is not [var key, var value]) throw Parts(name, input);
            dictionary.Add(key, value, input);
        }

        return dictionary;
    }

    private static InputException Parts(PickleName name, PickleInput input) =>
        input.Damaged($"{InputText.Quote(name.Text)} is called with other parts than it takes");
}
