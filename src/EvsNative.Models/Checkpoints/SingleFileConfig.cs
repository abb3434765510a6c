using System.Text;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// Configurations of networks in the metadata of one file: the text of config.json for each. Shapes tell nearly everything, but not the
/// heads of an attention, the groups of a norm and the scale of latents, which a network of another size than Stable Diffusion 1.5's may
/// have of its own.
/// </summary>
internal static class SingleFileConfig
{
    private const string Prefix = "evsnative.config.";

    /// <summary>The key of the noise schedule: the text of scheduler_config.json.</summary>
    public const string SchedulerKey = Prefix + "scheduler";

    /// <summary>The key of a network.</summary>
    public static string Key(ModelPartKind kind) => Prefix + kind.Folder;

    /// <summary>What is to be written beside these networks.</summary>
    public static Dictionary<string, string> Metadata(IEnumerable<ModelPart> parts) =>
        parts.ToDictionary(part => Key(part.Kind), part => part.ConfigText());

    /// <summary>The noise that the image model was trained with: the file's word, else Stable Diffusion's.</summary>
    /// <exception cref="InputException">noise that the samplers cannot follow</exception>
    public static SchedulerConfig Scheduler(TensorFile file)
    {
        if (!file.Metadata.TryGetValue(SchedulerKey, out string? text)) return SchedulerConfig.StableDiffusion;
        string origin = $"{file.Origin}: {SchedulerKey}";
        return SchedulerConfig.Parse(JsonText.Parse(Encoding.UTF8.GetBytes(text), origin), origin);
    }

    /// <summary>The configuration of a network, or null where the file says none.</summary>
    /// <exception cref="InputException">it is broken, or that of a network that cannot be computed</exception>
    public static TConfig? Find<TConfig>(ModelPartKind<TConfig> kind, TensorFile file) where TConfig : class
    {
        if (!file.Metadata.TryGetValue(Key(kind), out string? text)) return null;
        string origin = $"{file.Origin}: {Key(kind)}";
        return ModelPart.ParseConfig(kind, JsonText.Parse(Encoding.UTF8.GetBytes(text), origin), origin);
    }
}
