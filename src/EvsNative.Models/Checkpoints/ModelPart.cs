using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>One network's files: what it looks like and its weights, under today's diffusers names.</summary>
public sealed class ModelPart : IDisposable
{
    internal ModelPart(string configOrigin, JsonElement config, IWeightFile weights) =>
        (ConfigOrigin, Config, Weights) = (configOrigin, config, weights);

    /// <summary>Where the configuration comes from.</summary>
    public string ConfigOrigin { get; }

    /// <summary>The content of config.json.</summary>
    public JsonElement Config { get; }

    /// <summary>The tensors.</summary>
    public IWeightFile Weights { get; }

    /// <summary>
    /// Opens the folder of a part, or the folder of a model that has one. Throws <see cref="InputException"/> if it, its config.json or its weights
    /// are missing, broken or of another class of networks. Motion adapters may be files too; see <see cref="MotionAdapterFile"/>.
    /// </summary>
    public static ModelPart Open(ModelPartKind kind, string folder)
    {
        if (kind == ModelPartKind.MotionAdapter) return MotionAdapterFile.Open(folder);
        if (!Directory.Exists(folder))
        {
            string what = File.Exists(folder) ? "a file, where the folder of a network is needed" : "no such folder";
            throw new InputException($"{folder}: {what} (config.json and {kind.Stem()}.safetensors)");
        }

        string inside = Path.Combine(folder, kind.Folder()), config = Path.Combine(folder, "config.json");
        if (!File.Exists(config) && Directory.Exists(inside)) return Open(kind, inside);
        if (!File.Exists(config)) throw new InputException($"{config}: no such file: the sizes of the network stand in it");
        var json = ReadConfig(kind, config);
        var stored = PartFiles.Open(PartFiles.Find(folder, kind.Stem()));
        return new ModelPart(config, json, Renamed(kind, stored));
    }

    /// <summary>Reads the configuration by the network's own rules; its errors are given the path of the file.</summary>
    public T Parse<T>(Func<JsonElement, T> parse)
    {
        try
        {
            return parse(Config);
        }
        catch (InputException e)
        {
            throw new InputException($"{ConfigOrigin}: {e.Message}", e.Details, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    internal static JsonElement ReadConfig(ModelPartKind kind, string path)
    {
        var json = JsonFile.ReadObject(path);
        return json.Text("_class_name") is not { } found || found == kind.ClassName()
            ? json
            : throw new InputException($"{path}: describes a network of class {found}: {kind.ClassName()} is needed");
    }

    private static RenamedWeights Renamed(ModelPartKind kind, IWeightFile stored)
    {
        try
        {
            return new RenamedWeights(stored, name => kind.TensorName(name));
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }
}
