using EvsNative.Models;
using EvsNative.Models.Sampling;

namespace EvsNative.Pipelines.Settings;

/// <summary>The networks and their weights.</summary>
public static class ModelSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("models");

    /// <summary>The image model.</summary>
    public static Setting<string> Model { get; } = Group.Add(new Setting<string>(
        "model", Wordings.Text("PATH"), "a Stable Diffusion 1.5 model: folder, file or owner/name")
    {
        IsCommon = true,
        IsAlwaysTold = true,
        Example = "evs-tiny",
    });

    /// <summary>The motion modules.</summary>
    public static Setting<string> Motion { get; } = Group.Add(new Setting<string>(
        "motion", Wordings.Text("PATH"), "motion modules, file or folder")
    {
        IsCommon = true,
        IsAlwaysTold = true,
        Default = "the model's own",
        Example = "evs-tiny/motion_adapter",
        Unsettles = MotionHabits,
    });

    /// <summary>What the motion modules are.</summary>
    public static Setting<MotionKind> MotionKind { get; } = Group.Add(new Setting<MotionKind>(
        "motion-kind",
        Wordings.OneOf([.. Models.Sampling.MotionKind.All.Select(kind => (kind.Word, kind))]),
        "what the motion modules were trained for")
    {
        Default = "what the file or its name tells",
        Example = "animatediff",
        Unsettles = MotionHabits,
    });

    /// <summary>Another autoencoder.</summary>
    public static Setting<string> Vae { get; } = Group.Add(new Setting<string>(
        "vae", Wordings.Text("PATH"), "an autoencoder in place of the model's, file or folder")
    {
        Example = "evs-tiny/vae",
    });

    /// <summary>Another vocabulary.</summary>
    public static Setting<string> Tokenizer { get; } = Group.Add(new Setting<string>(
        "tokenizer", Wordings.Text("PATH"), "the text encoder's vocabulary, for checkpoint files that have none beside them")
    {
        Example = "evs-tiny/tokenizer",
    });

    /// <summary>LoRAs.</summary>
    public static Setting<IReadOnlyList<LoraChoice>> Loras { get; } = Group.Add(new Setting<IReadOnlyList<LoraChoice>>(
        "lora", Wordings.Loras, "a LoRA and its strengths; may be given several times")
    {
        IsCommon = true,
        Example = "snow.safetensors:0.8",
    });

    /// <summary>Where LoRAs of prompts lie.</summary>
    public static Setting<string> LoraFolder { get; } = Group.Add(new Setting<string>(
        "lora-folder", Wordings.Text("FOLDER"), "where the files of <lora:name:strength> in prompts lie")
    {
        Example = "evs-tiny",
    });

    /// <summary>Textual inversions.</summary>
    public static Setting<IReadOnlyList<EmbeddingChoice>> Embeddings { get; } = Group.Add(new Setting<IReadOnlyList<EmbeddingChoice>>(
        "embedding", Wordings.Embeddings, "a textual inversion, with its word in prompts; may be given several times")
    {
        Example = "moody.safetensors:moody",
    });

    /// <summary>Weights by formula.</summary>
    public static Setting<string> FakeWeights { get; } = Group.Add(new Setting<string>(
        "fake-weights", Wordings.OneOf(("sd15", "sd15"), ("tiny", "tiny")), "weights by formula instead of a model, for timing")
    {
        Example = "tiny",
        InsteadOf = [Model, Motion, Vae, Tokenizer, Loras, Embeddings],
        Clash = "--fake-weights replaces --model and all files of weights: give one or the other",
    });

    /// <summary>What depends on the motion modules.</summary>
    private static IReadOnlyList<Setting> MotionHabits() =>
    [
        MethodSettings.VideoSteps, MethodSettings.VideoStart, MethodSettings.VideoCalls,
        MethodSettings.VideoGuidance, MethodSettings.VideoSampler,
    ];
}
