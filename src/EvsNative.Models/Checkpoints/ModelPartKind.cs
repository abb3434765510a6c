namespace EvsNative.Models;

/// <summary>The networks of a model folder.</summary>
public enum ModelPartKind
{
    /// <summary>The denoiser, <c>unet/</c>.</summary>
    UNet,

    /// <summary>The autoencoder, <c>vae/</c>.</summary>
    Vae,

    /// <summary>CLIP, <c>text_encoder/</c>.</summary>
    TextEncoder,

    /// <summary>AnimateDiff's layers, <c>motion_adapter/</c>.</summary>
    MotionAdapter,
}

/// <summary>What the parts are called in files.</summary>
internal static class ModelPartKinds
{
    /// <summary>The part's folder in a model folder.</summary>
    public static string Folder(this ModelPartKind kind) => kind switch
    {
        ModelPartKind.UNet => "unet",
        ModelPartKind.Vae => "vae",
        ModelPartKind.TextEncoder => "text_encoder",
        _ => "motion_adapter",
    };

    /// <summary>What its configuration calls it.</summary>
    public static string ClassName(this ModelPartKind kind) => kind switch
    {
        ModelPartKind.UNet => "UNet2DConditionModel",
        ModelPartKind.Vae => "AutoencoderKL",
        ModelPartKind.TextEncoder => "CLIPTextModel",
        _ => "MotionAdapter",
    };

    /// <summary>The name of its weights, without endings: transformers and diffusers differ.</summary>
    public static string Stem(this ModelPartKind kind) => kind == ModelPartKind.TextEncoder ? "model" : "diffusion_pytorch_model";

    /// <summary>The name that a stored tensor is known by in our networks, or null for a tensor that none of them uses.</summary>
    public static string? TensorName(this ModelPartKind kind, string stored) => kind switch
    {
        ModelPartKind.Vae => LegacyNames.Vae(stored),
        ModelPartKind.TextEncoder => LegacyNames.TextEncoder(stored),
        ModelPartKind.MotionAdapter => LegacyNames.Motion(stored),
        _ => stored,
    };
}
