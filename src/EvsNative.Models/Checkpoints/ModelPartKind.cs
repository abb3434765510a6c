using System.Text.Json;

namespace EvsNative.Models;

/// <summary>One network of a model: what its files are called, and how they are read. Another network is another record.</summary>
/// <param name="Folder">its folder in a model folder</param>
/// <param name="ClassName">what its configuration calls it</param>
/// <param name="Stem">the name of its weights, without endings: transformers and diffusers differ</param>
/// <param name="TensorName">the name that a stored tensor is known by in our network, or null for what it does without</param>
internal abstract record ModelPartKind(string Folder, string ClassName, string Stem, Func<string, string?> TensorName)
{
    private const string DiffusersStem = "diffusion_pytorch_model", TransformersStem = "model";

    /// <summary>The denoiser.</summary>
    public static ModelPartKind<UNetConfig> UNet { get; } =
        new("unet", "UNet2DConditionModel", DiffusersStem, name => name, UNetConfig.Parse, ConfigWriter.Write)
        {
            Infer = sizes => sizes.UNet(),
        };

    /// <summary>The autoencoder.</summary>
    public static ModelPartKind<VaeConfig> Vae { get; } =
        new("vae", "AutoencoderKL", DiffusersStem, LegacyNames.Vae, VaeConfig.Parse, ConfigWriter.Write)
        {
            Infer = sizes => sizes.Vae(),
        };

    /// <summary>CLIP's text half.</summary>
    public static ModelPartKind<ClipConfig> TextEncoder { get; } =
        new("text_encoder", "CLIPTextModel", TransformersStem, LegacyNames.TextEncoder, ClipConfig.Parse, ConfigWriter.Write)
        {
            Infer = sizes => sizes.TextEncoder(),
        };

    /// <summary>AnimateDiff's layers.</summary>
    public static ModelPartKind<MotionConfig> MotionAdapter { get; } =
        new("motion_adapter", "MotionAdapter", DiffusersStem, MotionTensorNames.Of, MotionConfig.Parse, ConfigWriter.Write);

    /// <inheritdoc/>
    public sealed override string ToString() => Folder;
}

/// <summary>A network and the type of its configuration.</summary>
/// <param name="Folder">its folder in a model folder</param>
/// <param name="ClassName">what its configuration calls it</param>
/// <param name="Stem">the name of its weights, without endings</param>
/// <param name="TensorName">the name that a stored tensor is known by in our network</param>
/// <param name="Parse">reads a config.json</param>
/// <param name="Write">writes the fields of one</param>
internal sealed record ModelPartKind<TConfig>(
    string Folder,
    string ClassName,
    string Stem,
    Func<string, string?> TensorName,
    Func<JsonElement, TConfig> Parse,
    Action<Utf8JsonWriter, TConfig> Write) : ModelPartKind(Folder, ClassName, Stem, TensorName)
{
    /// <summary>Tells the configuration by the shapes of the tensors; null where they do not tell it.</summary>
    public Func<NetworkSizes, TConfig>? Infer { get; init; }
}
