using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What is converted: a file of weights, the folder of a model, or the folder of one network.</summary>
internal sealed class ConversionSource
{
    private ConversionSource(string path, CheckpointFacts facts) => (Path, Facts) = (path, facts);

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What it is.</summary>
    public CheckpointFacts Facts { get; }

    /// <summary>The tensors of a file, or of one network's folder; null for a model's.</summary>
    public IWeightFile? Weights { get; private init; }

    /// <summary>What the writer of the file said.</summary>
    public IReadOnlyDictionary<string, string> Metadata => (Weights as TensorFile)?.Metadata ?? new Dictionary<string, string>();

    /// <summary>Entries of the file that are no tensors.</summary>
    public IReadOnlyList<string> Others => (Weights as TensorFile)?.Others ?? [];

    /// <summary>The config.json of a network's folder.</summary>
    public string? Config { get; private init; }

    /// <summary>The name of the weights in a network's folder, without endings.</summary>
    public string Stem { get; private init; } = "";

    /// <summary>Whether networks can be found in it: of a model's folder, or of a file that holds a model.</summary>
    public bool IsModel => Weights is null || Facts.Kind == CheckpointKind.Checkpoint;

    /// <summary>Looks at a path.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">a file or a folder</param>
    /// <exception cref="InputException">there is nothing, or nothing of weights</exception>
    public static ConversionSource Open(WeightFiles files, string path)
    {
        if (!Directory.Exists(path))
        {
            var file = PartFiles.Open(files, path);
            return new(path, CheckpointReader.Read(file)) { Weights = file };
        }

        string config = System.IO.Path.Combine(path, "config.json");
        if (IsModelFolder(path)) return new(path, CheckpointReader.ReadFolder(path));
        if (File.Exists(config))
        {
            string stem = StemIn(path);
            var file = PartFiles.Open(files, PartFiles.Find(path, stem));
            return new(path, CheckpointReader.Read(file)) { Weights = file, Config = config, Stem = stem };
        }

        return ModelSource.WeightsIn(path) is [var only]
            ? Open(files, only)
            : throw new InputException(
                InputCode.WrongKind, $"{path}: neither a model (model_index.json) nor a network (config.json) nor one file of weights");
    }

    /// <summary>Whether a folder is a model's, in diffusers' layout.</summary>
    public static bool IsModelFolder(string path) =>
        File.Exists(System.IO.Path.Combine(path, "model_index.json"))
        || Directory.Exists(System.IO.Path.Combine(path, ModelPartKind.UNet.Folder));

    /// <summary>The name of the weights in a network's folder: diffusers' or transformers'.</summary>
    public static string StemIn(string folder) =>
        Directory.EnumerateFiles(folder, $"{ModelPartKind.UNet.Stem}*").Any() ? ModelPartKind.UNet.Stem : ModelPartKind.TextEncoder.Stem;
}
