using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Writes a model to files that other programs read: a folder in diffusers' layout, or one file in the original names. Tensor by tensor;
/// numbers whose type stays keep their bits.
/// </summary>
/// <param name="parts">the opened model</param>
/// <param name="type">the type of all numbers; as each tensor is stored if null</param>
/// <param name="metadata">words for the header of each file of weights</param>
internal sealed class ModelWriter(ModelParts parts, StoredType? type, IReadOnlyDictionary<string, string> metadata)
{
    private readonly IReadOnlyList<NetworkTensor> _tensors = NetworkTensors.Of(parts);
    private readonly List<string> _notFinite = [];
    private long _written, _bytes;

    /// <summary>Told which file is written and which share of all bytes has been.</summary>
    public Action<string, double>? OnWritten { get; init; }

    /// <summary>What messages call the output, if not by the place that is written to.</summary>
    public string? Said { get; init; }

    /// <summary>Tensors written.</summary>
    public int Tensors { get; private set; }

    /// <summary>The tensors in which rounded numbers are NaN or infinite.</summary>
    public IReadOnlyList<string> NotFinite => _notFinite;

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">an empty one</param>
    /// <param name="tokenizer">the vocabulary, if there is one</param>
    /// <param name="scheduler">the text of scheduler_config.json</param>
    /// <param name="mark">a key for model_index.json</param>
    /// <param name="stop">asked between pieces</param>
    /// <exception cref="InputException">a number does not fit its type, or the disk is full</exception>
    public void WriteFolder(
        string folder, ClipTokenizerFiles? tokenizer, string scheduler = ModelTexts.Scheduler, string? mark = null,
        CancellationToken stop = default)
    {
        var files = parts.Networks.Select(part => (Part: part, Tensors: WeightTransfer.InOrder(InFolder(part)))).ToList();
        _bytes = files.Sum(file => file.Tensors.Sum(tensor => tensor.Plan.Bytes));
        OutputSpace.Require(Path.Combine(folder, "model_index.json"), _bytes, Said);
        foreach (var (part, tensors) in files)
        {
            string inside = Made(folder, part.Kind.Folder);
            File.WriteAllText(Path.Combine(inside, "config.json"), part.ConfigText());
            Write(Path.Combine(inside, $"{part.Kind.Stem}.safetensors"), tensors, metadata, force: false, part.Kind.Folder, null, stop);
        }

        if (tokenizer is not null)
        {
            tokenizer.Write(Made(folder, "tokenizer"));
            File.WriteAllText(Path.Combine(folder, "tokenizer", "tokenizer_config.json"), ModelTexts.Tokenizer);
        }

        File.WriteAllText(Path.Combine(Made(folder, "scheduler"), "scheduler_config.json"), scheduler);
        string index = ModelTexts.Index(tokenizer is not null, ClassOf(scheduler), mark);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), index);
    }

    /// <summary>
    /// Writes U-Net, autoencoder and text encoder to one file. Motion modules have no place in it; sizes that no tensor tells stand in its
    /// metadata.
    /// </summary>
    /// <param name="path">the file</param>
    /// <param name="force">replace a file that is there</param>
    /// <param name="scheduler">the text of scheduler_config.json, if it is not Stable Diffusion's</param>
    /// <param name="notice">told of what a killed run had left there, and of another name for the file</param>
    /// <param name="stop">asked between pieces</param>
    /// <returns>where it is: the place, or a free name beside it if that was taken meanwhile</returns>
    /// <exception cref="InputException">a number does not fit its type, or the disk is full</exception>
    public string WriteFile(
        string path, bool force, string? scheduler = null, Action<Notice>? notice = null, CancellationToken stop = default)
    {
        var words = new Dictionary<string, string>(metadata);
        ModelPart[] networks = [.. parts.Networks.Where(part => part.Kind != ModelPartKind.MotionAdapter)];
        foreach (var (key, text) in SingleFileConfig.Metadata(networks)) words[key] = text;
        if (scheduler is not null) words[SingleFileConfig.SchedulerKey] = scheduler;
        var tensors = WeightTransfer.InOrder(networks.SelectMany(InFile));
        _bytes = tensors.Sum(tensor => tensor.Plan.Bytes);
        return Write(path, tensors, words, force, "checkpoint", notice, stop);
    }

    /// <summary>The tensors of the folder of one network, tables of positions among them.</summary>
    public static IEnumerable<WeightTransfer> InFolder(ModelPart part, IReadOnlyList<NetworkTensor> tensors, StoredType? type)
    {
        foreach (var tensor in tensors)
            yield return WeightTransfer.OfNetwork(part.Weights, tensor.Name, tensor.Name, tensor.Shape, type);
        if (part is not ModelPart<MotionConfig> motion) yield break;
        var tables = new PositionTables(motion, tensors);
        foreach (string name in tables.Names)
            yield return WeightTransfer.OfNetwork(tables, name, name, tables.FindShape(name, [])!, type);
    }

    private IEnumerable<WeightTransfer> InFolder(ModelPart part) => InFolder(part, [.. Of(part)], type);

    private IEnumerable<WeightTransfer> InFile(ModelPart part)
    {
        var names = new SingleFileNames(parts.UNet.Config, parts.Vae.Config);
        return Of(part).Select(tensor => WeightTransfer.OfNetwork(
            part.Weights,
            tensor.Name,
            names.Stored(part.Kind, tensor.Name),
            SingleFileNames.ShapeOf(part.Kind, tensor.Shape),
            type));
    }

    private IEnumerable<NetworkTensor> Of(ModelPart part) => _tensors.Where(tensor => tensor.Part == part);

    private string Write(
        string path, IReadOnlyList<WeightTransfer> tensors, IReadOnlyDictionary<string, string> words, bool force, string what,
        Action<Notice>? notice, CancellationToken stop)
    {
        using var writer = new SafetensorsWriter(path, [.. tensors.Select(tensor => tensor.Plan)], words, force, Said);
        _notFinite.AddRange(WeightTransfer.WriteAll(
            tensors, writer, written => OnWritten?.Invoke(what, (_written + written) / (double)Math.Max(1, _bytes)), stop));
        _written += tensors.Sum(tensor => tensor.Plan.Bytes);
        Tensors += tensors.Count;
        string place = writer.Complete();
        foreach (var said in writer.Notices) notice?.Invoke(said);
        return place;
    }

    private static string ClassOf(string scheduler) =>
        JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(scheduler), "scheduler").Text("_class_name") ?? "DDIMScheduler";

    private static string Made(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
