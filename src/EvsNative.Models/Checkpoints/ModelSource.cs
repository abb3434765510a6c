using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Finds out what was given as a model: a folder in the diffusers layout, one file, or a folder that holds just one.</summary>
internal static class ModelSource
{
    private const int MostNamed = 4;

    private static readonly string[] Endings = [".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin"];

    /// <summary>Opens what is at a path.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="path">a file or a folder</param>
    /// <param name="needsVae">false if the autoencoder comes from elsewhere</param>
    /// <param name="needsTokenizer">false if the vocabulary comes from elsewhere</param>
    /// <exception cref="InputException">it is not there, or something else, which is named</exception>
    public static IModelSource Open(WeightFiles files, string path, bool needsVae = true, bool needsTokenizer = true)
    {
        if (File.Exists(path)) return OpenFile(files, path, needsVae);
        if (Directory.Exists(path) && !ModelFolder.IsOne(path) && WeightsIn(path) is { Length: > 0 } found)
            return ModelFile.Open(files, TheOnly(path, found), needsVae);
        return ModelFolder.Open(path, needsVae, needsTokenizer);
    }

    /// <summary>The files of weights that lie in a folder itself, by their names, in order.</summary>
    public static string[] WeightsIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder).Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The file of a folder that has just one.</summary>
    /// <exception cref="InputException">there are several: they are named</exception>
    public static string TheOnly(string folder, string[] found)
    {
        if (found.Length == 1) return found[0];
        string names = string.Join(", ", found.Take(MostNamed).Select(file => InputText.Name(Path.GetFileName(file), 60)));
        string more = found.Length > MostNamed ? ", ..." : "";
        throw new InputException(
            InputCode.NotGiven, $"{folder}: holds {found.Length} files of weights ({names}{more}): give the path of one of them");
    }

    /// <summary>A file of a folder in the diffusers layout is one network of the model, or its index: the folder is meant.</summary>
    private static ModelFile OpenFile(WeightFiles files, string path, bool needsVae)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string? above = Path.GetDirectoryName(folder);
        string? model = above is not null && ModelFolder.IsPart(folder) && ModelFolder.IsOne(above) ? above
            : IsJson(path) && ModelFolder.IsOne(folder) ? folder
            : null;
        if (model is null) return ModelFile.Open(files, path, needsVae);
        throw new InputException(InputCode.WrongKind, $"{path}: a file of the model in the folder {model}: give the folder");
    }

    private static bool IsJson(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);
}
