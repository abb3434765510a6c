using System.Globalization;
using EvsNative.Layers.Pickles;

namespace EvsNative.Layers;

/// <summary>
/// The tensors in a saved value, by dotted names. A dictionary that trainers put around a network's is gone through; what stands beside it
/// is listed and not used. Prefixes that a wrapper put before every name are taken off.
/// </summary>
internal sealed class TorchTensors
{
    /// <summary>
    /// Keys of dictionaries that hold a network, the more wanted first: of several that hold tensors the first is taken.
    /// </summary>
    public static readonly IReadOnlyList<string> Wrappers =
    [
        "state_dict", "model_state_dict", "model", "module", "net", "network", "generator", "params_ema", "params", "ema", "ema_state_dict",
        "model_ema", "teacher", "student", "weights",
    ];

    /// <summary>Prefixes of all names: of networks that were trained on several devices, or compiled.</summary>
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    private const long LeastLetters = 1 << 14, LettersForByte = 8;
    private const int VisitsForByte = 8, MostMetadata = 256;

    private readonly FileBytes _file;
    private readonly List<(string Name, TorchView View)> _found = [];
    private readonly List<string> _others = [];
    private readonly Dictionary<string, string> _metadata = [];
    private long _letters, _visits;

    private TorchTensors(FileBytes file, long pickleBytes)
    {
        // A value takes a byte of the pickle, and a name as many as it has letters. Only what stands in many places goes beyond.
        _file = file;
        _visits = VisitsForByte * (pickleBytes + 1);
        _letters = LeastLetters + (LettersForByte * pickleBytes);
    }

    /// <summary>The tensors, by their names.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; private set; } = new Dictionary<string, StoredTensor>();

    /// <summary>What is no tensor or is not used, by its dotted name.</summary>
    public IReadOnlyList<string> Others => _others;

    /// <summary>Texts and numbers beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Goes through what was saved.</summary>
    /// <exception cref="InputException">two tensors have one name, or there are more than the file can rightly have</exception>
    public static TorchTensors Of(FileBytes file, TorchContent content)
    {
        var tensors = new TorchTensors(file, content.PickleBytes);
        if (content.Top is TorchView single) tensors._found.Add(("tensor", single));
        else tensors.Open(content.Top, "", 0);
        tensors.Finish();
        return tensors;
    }

    /// <summary>Goes down to the dictionary that holds the network, and collects what is in it.</summary>
    private void Open(object? value, string path, int depth)
    {
        var dictionary = value as PickleDictionary;
        string? wrapper = depth >= InputLimits.PickleDepth || dictionary is null
            ? null
            : Wrappers.FirstOrDefault(key => dictionary.Find(key) is PickleDictionary inner && HasTensors(inner, 0));
        if (wrapper is null)
        {
            Collect(value, "", path, depth);
            return;
        }

        for (int i = 0; i < dictionary!.Count; i++)
        {
            if (dictionary[i].Key is not string text || text != wrapper) Note(dictionary[i].Value, Join(path, Word(dictionary[i].Key)));
        }

        Open(dictionary.Find(wrapper), Join(path, wrapper), depth + 1);
    }

    /// <summary>Whether there is a tensor in a value, however deep.</summary>
    private bool HasTensors(object? value, int depth)
    {
        if (depth > InputLimits.PickleDepth) throw Broken(InputCode.TooLarge, "containers nested too deep, or in a circle");
        Visit(1);
        // Without an iterator for each: most are empty in a file that was made to cost much.
        if (value is PickleDictionary dictionary)
        {
            for (int i = 0; i < dictionary.Count; i++)
                if (HasTensors(dictionary[i].Value, depth + 1)) return true;
        }
        else if (Items(value) is { } items)
        {
            for (int i = 0; i < items.Count; i++)
                if (HasTensors(items[i], depth + 1)) return true;
        }

        return value is TorchView;
    }

    private static IReadOnlyList<object?>? Items(object? value) => (value as PickleList)?.Items ?? (value as PickleTuple)?.Items;

    /// <summary>Collects tensors below a value; what has none in it is listed as a whole.</summary>
    /// <param name="value">the value</param>
    /// <param name="name">its name among the tensors</param>
    /// <param name="path">the same from the top, for what is no tensor</param>
    /// <param name="depth">containers around it</param>
    private void Collect(object? value, string name, string path, int depth)
    {
        Visit(VisitsForByte);
        if (value is TorchView view)
        {
            Add(name, view);
        }
        else if (value is PickleDictionary dictionary && (name.Length == 0 || HasTensors(value, depth)))
        {
            for (int i = 0; i < dictionary.Count; i++)
            {
                string word = Word(dictionary[i].Key);
                Collect(dictionary[i].Value, Join(name, word), Join(path, word), depth + 1);
            }
        }
        else if (HasTensors(value, depth))
        {
            var items = Items(value)!;
            for (int i = 0; i < items.Count; i++) Collect(items[i], Join(name, $"{i}"), Join(path, $"{i}"), depth + 1);
        }
        else
        {
            Note(value, path);
        }
    }

    private void Add(string name, TorchView view)
    {
        if (_found.Count == InputLimits.Tensors) throw Broken(InputCode.TooLarge, $"more than {InputLimits.Tensors} tensors");
        _found.Add((name, view));
    }

    /// <summary>Lists what is no tensor, with its value where that is a text or a number.</summary>
    private void Note(object? value, string path)
    {
        Visit(VisitsForByte);
        if (path.Length == 0) return;
        _others.Add(path);
        string? text = value switch
        {
            string said => said,
            long or bool => Convert.ToString(value, CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            _ => null,
        };
        if (text is not null && _metadata.Count < MostMetadata) _metadata[path] = text;
    }

    private void Finish()
    {
        int cut = 0;
        while (Prefixes.FirstOrDefault(prefix => _found.All(tensor => Starts(tensor.Name, prefix))) is { } prefix && _found.Count > 0)
            cut += prefix.Length;
        bool Starts(string name, string prefix) => string.CompareOrdinal(name, cut, prefix, 0, prefix.Length) == 0;

        var tensors = new Dictionary<string, StoredTensor>(_found.Count);
        long bytes = 0, most = (InputLimits.ViewFactor * _file.Length) + InputLimits.ViewBytes;
        foreach (var (stored, view) in _found)
        {
            string name = stored[cut..];
            bytes = checked(bytes + (view.Count * view.Type.Bytes()));
            if (bytes > most) throw Broken(InputCode.TooLarge, $"tensors of more than {most} bytes, which repeat what the file holds");
            if (!tensors.TryAdd(name, new ViewedTensor(name, view)))
                throw Broken(InputCode.Damaged, $"two tensors of the name {InputText.Quote(name)}");
        }

        Tensors = tensors;
    }

    private string Join(string path, string key)
    {
        if (path.Length == 0) return key;
        _letters -= path.Length + key.Length;
        return _letters >= 0 ? $"{path}.{key}" : throw Broken(InputCode.TooLarge, "names much longer than the file");
    }

    private static string Word(object? key) => key switch
    {
        null => "None",
        string text => text,
        PickleName name => name.Text,
        PickleTuple => "()",
        _ => Convert.ToString(key, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Counts looks at a value.</summary>
    private void Visit(int weight)
    {
        _visits -= weight;
        if (_visits < 0) throw Broken(InputCode.TooLarge, "values that repeat one another");
    }

    private InputException Broken(InputCode code, string what) => new(code, $"{_file.Path}: its pickle has {what}: check the file");
}
