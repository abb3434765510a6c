using EvsNative.Layers;

namespace EvsNative.Models.Adapters;

/// <summary>
/// A file of small changes to a model's weights: a LoRA or one of its relatives. Opening reads names and shapes, and numbers only where a
/// change is merged. The file is its owner's.
/// </summary>
internal sealed class LoraFile
{
    private const int NamesShown = 3;

    /// <summary>Names that diffusers and PEFT give to a LoRA in a folder.</summary>
    private static readonly string[] UsualNames =
    [
        "pytorch_lora_weights.safetensors", "adapter_model.safetensors", "pytorch_lora_weights.bin", "adapter_model.bin",
    ];

    private readonly TensorFile _file;

    private LoraFile(TensorFile file)
    {
        _file = file;
        if (file.Names.Select(name => (name, Form: LoraKey.FormNotMerged(name))).FirstOrDefault(found => found.Form is not null)
            is { Form: { } form, name: var told })
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{file.Origin}: a {form} adapter ({InputText.Name(told)}), which is not merged here: LoRA, LoCon, LoHa, LoKr and whole "
                + "differences are");
        }

        List<(string Name, LoraKey Key)> known = [];
        List<string> unknown = [];
        foreach (string name in file.Names)
        {
            if (LoraKey.Parse(name) is { } key) known.Add((name, key));
            else unknown.Add(name);
        }

        (Keys, Unknown) = (known, unknown);
        Alphas = LoraAlphas.Of(file, Keys.Any(key => key.Key.Role == LoraRole.Alpha));
    }

    /// <summary>The path, as it was given.</summary>
    public string Path => _file.Origin;

    /// <summary>Tensors in all.</summary>
    public int Count => _file.Names.Count;

    /// <summary>The tensors that tell what they are, under their names in the file.</summary>
    public IReadOnlyList<(string Name, LoraKey Key)> Keys { get; }

    /// <summary>The tensors that do not.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>What the file's words say about its strength.</summary>
    public LoraAlphas Alphas { get; }

    /// <summary>The file, for who wants to tell what else it is.</summary>
    public IWeightFile Tensors => _file;

    /// <summary>Opens a file, or the LoRA of a folder as diffusers and PEFT save it.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">file or folder</param>
    /// <exception cref="InputException">it is not there, no file of weights, or an adapter of a form that is not merged</exception>
    public static LoraFile Open(WeightFiles files, string path)
    {
        var file = files.Open(Directory.Exists(path) ? Find(path) : path);
        // All of its tensors are its own: what has no place in the model is told elsewhere.
        files.View(file, _ => null);
        return new LoraFile(file);
    }

    /// <summary>Dimensions of a tensor.</summary>
    public IReadOnlyList<long> ShapeOf(string name) => _file.Tensors[name].Shape;

    /// <summary>Reads a tensor into the beginning of an array; all its numbers must be finite.</summary>
    /// <exception cref="InputException">they are not, or the file cannot be read</exception>
    public void Read(string name, Span<float> values)
    {
        _file.Read(name, ShapeOf(name), values);
        if (FloatReader.CountNonFinite(values) is > 0 and var count)
        {
            throw new InputException(
                InputCode.NotFinite,
                $"{Path}: {count} numbers of tensor {InputText.Quote(name)} are NaN or infinite: the file is spoiled, get another");
        }
    }

    /// <summary>A tensor of one number.</summary>
    /// <exception cref="InputException">it has more, or is not finite</exception>
    public double ReadNumber(string name)
    {
        if (_file.Tensors[name].Count is not 1 and var count)
            throw new InputException(InputCode.Damaged, $"{Path}: tensor {InputText.Quote(name)} has {count} numbers, not one");
        Span<float> value = [0];
        Read(name, value);
        return value[0];
    }

    private static string Find(string folder)
    {
        if (UsualNames.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path) return path;
        string[] files = [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];
        if (files.Length == 1) return files[0];
        string what = files.Length == 0
            ? $"there is no LoRA here ({UsualNames[0]})"
            : $"{files.Length} safetensors files ({Names(files)}): name the one to use";
        throw new InputException(InputCode.NotFound, $"{folder}: {what}");
    }

    private static string Names(string[] files)
    {
        string shown = string.Join(", ", files.Take(NamesShown).Select(file => InputText.Name(System.IO.Path.GetFileName(file))));
        return files.Length > NamesShown ? $"{shown}, ..." : shown;
    }
}
