using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>One network of a model: a view of its tensors, under today's diffusers names. The files are their owner's.</summary>
/// <param name="configOrigin">where the configuration comes from</param>
/// <param name="weights">the tensors</param>
/// <param name="facts">what the files are</param>
internal abstract class ModelPart(string configOrigin, IWeightFile weights, CheckpointFacts facts)
{
    /// <summary>Which network.</summary>
    public abstract ModelPartKind Kind { get; }

    /// <summary>Where the configuration comes from: a config.json, or a file whose tensors tell it.</summary>
    public string ConfigOrigin => configOrigin;

    /// <summary>The tensors.</summary>
    public IWeightFile Weights => weights;

    /// <summary>What the files are.</summary>
    public CheckpointFacts Facts => facts;

    /// <summary>What was assumed or left aside when it was opened, a line each, for the user.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>The text of the part's config.json.</summary>
    public abstract string ConfigText();

    /// <summary>
    /// Opens the folder of a part, or the folder of a model that has one. Motion adapters may be files too:
    /// <see cref="MotionAdapterFile"/>.
    /// </summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="kind">which network</param>
    /// <param name="folder">its folder, or the model's</param>
    /// <exception cref="InputException">config.json or weights are missing, broken or of another class of networks</exception>
    public static ModelPart<TConfig> Open<TConfig>(WeightFiles files, ModelPartKind<TConfig> kind, string folder)
    {
        if (!Directory.Exists(folder))
        {
            var (code, what) = File.Exists(folder)
                ? (InputCode.WrongKind, "a file, where the folder of a network is needed")
                : (InputCode.NotFound, "no such folder");
            throw new InputException(code, $"{folder}: {what} (config.json and {kind.Stem}.safetensors)");
        }

        string inside = Path.Combine(folder, kind.Folder), config = Path.Combine(folder, "config.json");
        if (!File.Exists(config) && Directory.Exists(inside)) return Open(files, kind, inside);
        if (!File.Exists(config))
            throw new InputException(InputCode.NotFound, $"{config}: no such file: the sizes of the network stand in it");
        var parsed = ParseConfig(kind, ReadConfig(kind, config), config);
        var stored = PartFiles.Open(files, PartFiles.Find(folder, kind.Stem));
        return new ModelPart<TConfig>(kind, parsed, config, files.View(stored, kind.TensorName), CheckpointReader.Read(stored));
    }

    /// <summary>The content of a config.json, which must be of this class of networks if it says one.</summary>
    internal static JsonElement ReadConfig(ModelPartKind kind, string path)
    {
        var json = JsonFile.ReadObject(path);
        if (json.Text("_class_name") is not { } found || found == kind.ClassName) return json;
        throw new InputException(
            InputCode.WrongKind, $"{path}: describes a network of class {InputText.Name(found)}: {kind.ClassName} is needed");
    }

    /// <summary>The configuration by the network's own rules, whose errors are given the path of the file.</summary>
    internal static TConfig ParseConfig<TConfig>(ModelPartKind<TConfig> kind, JsonElement json, string path)
    {
        try
        {
            return kind.Parse(json);
        }
        catch (InputException e)
        {
            throw e.At(path);
        }
    }
}

/// <summary>A network with its configuration.</summary>
/// <param name="kind">which network</param>
/// <param name="config">its sizes</param>
/// <param name="configOrigin">where they come from</param>
/// <param name="weights">the tensors</param>
/// <param name="facts">what the files are</param>
internal sealed class ModelPart<TConfig>(
    ModelPartKind<TConfig> kind, TConfig config, string configOrigin, IWeightFile weights, CheckpointFacts facts)
    : ModelPart(configOrigin, weights, facts)
{
    /// <summary>Sizes.</summary>
    public TConfig Config => config;

    /// <inheritdoc/>
    public override ModelPartKind Kind => kind;

    /// <summary>The same network with other weights: what is merged into them.</summary>
    public ModelPart<TConfig> With(IWeightFile merged) => new(kind, config, ConfigOrigin, merged, Facts);

    /// <inheritdoc/>
    public override string ConfigText() => ConfigWriter.Text(json =>
    {
        kind.Write(json, config);
        if (Facts.Motion is { } motion) json.WriteString(MotionRecognition.ConfigKey, motion.Word);
    });
}
